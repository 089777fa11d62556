"""The REST views of geofences."""

from collections.abc import Mapping
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import error_response
from atlas.api.views import View
from atlas.errors import Invalid
from telemetry.geofences import examples, importing, selectors, services
from telemetry.geofences import serializers as shape

TAGS = ["Telemetry"]
TOO_MANY = error_response("`too_many_fences`: an organization has so many already.")


class Geofences(View):
    @extend_schema(
        operation_id="list_geofences",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.GeofenceSerializer),
    )
    def get(self, request: Request) -> Response:
        """The geofences of your organization (owner, admin, manager)."""
        page = selectors.fences(user=current_user(request), **self.paging())
        return self.page(page, shape.GeofenceSerializer)

    @extend_schema(
        operation_id="create_geofence",
        tags=TAGS,
        request=shape.GeofenceSerializer,
        responses={201: shape.GeofenceSerializer, 409: TOO_MANY},
        examples=[examples.AREA, examples.CIRCLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Draw a geofence (owner, admin): an area, or a circle. It counts from now on, within seconds."""
        fence = services.create_fence(user=current_user(request), **self.body(shape.GeofenceSerializer))
        return self.created(fence, shape.GeofenceSerializer)


class OneGeofence(View):
    @extend_schema(operation_id="get_geofence", tags=TAGS, responses=shape.GeofenceSerializer)
    def get(self, request: Request, geofence_id: UUID) -> Response:
        """One geofence."""
        found = selectors.fence(user=current_user(request), fence_id=str(geofence_id))
        return self.answer(found, shape.GeofenceSerializer)

    @extend_schema(
        operation_id="change_geofence",
        tags=TAGS,
        request=shape.GeofenceSerializer,
        responses=shape.GeofenceSerializer,
        examples=[examples.CHANGE],
    )
    def patch(self, request: Request, geofence_id: UUID) -> Response:
        """Change a geofence (owner, admin). Drawn otherwise, it begins anew: who is inside has not entered."""
        body = self.body(shape.GeofenceSerializer, partial=True)
        fence = services.change_fence(
            user=current_user(request), fence_id=str(geofence_id), check=self.check_version, **body
        )
        return self.answer(fence, shape.GeofenceSerializer)

    @extend_schema(operation_id="delete_geofence", tags=TAGS, responses={204: None})
    def delete(self, request: Request, geofence_id: UUID) -> Response:
        """Delete a geofence (owner, admin); what happened at it stays."""
        services.delete_fence(user=current_user(request), fence_id=str(geofence_id))
        return self.nothing()


class GeofenceVehicles(View):
    @extend_schema(
        operation_id="list_geofence_vehicles",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.VehicleInsideSerializer),
    )
    def get(self, request: Request, geofence_id: UUID) -> Response:
        """The vehicles that are in a geofence now."""
        page = selectors.vehicles_inside(user=current_user(request), fence_id=str(geofence_id), **self.paging())
        return self.page(page, shape.VehicleInsideSerializer)


class ImportGeofences(View):
    @extend_schema(
        operation_id="import_geofences",
        tags=TAGS,
        request={"application/json": shape.COLLECTION},
        responses={200: shape.ImportedSerializer, 409: TOO_MANY},
        examples=[examples.FILE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Draw the features of a GeoJSON file (owner, admin). `refused` says of each bad one what is wrong with it.

        Polygon, MultiPolygon, and Point with the property `radius` (metres). Of the properties `name`, `radius`,
        `dwellSeconds`, `alertOn` and `severity` are read.
        """
        if not isinstance(request.data, Mapping):
            raise Invalid("Expected a GeoJSON object.", code="not_geojson")
        imported = importing.import_fences(user=current_user(request), collection=request.data)
        return self.answer(imported, shape.ImportedSerializer)
