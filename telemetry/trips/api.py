"""The REST views of trips."""

import msgspec
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.views import View
from telemetry.trips import archive, selectors
from telemetry.trips import serializers as shape
from telemetry.trips.exports import FORMATS

TAGS = ["Telemetry"]


class Trips(View):
    @extend_schema(
        operation_id="list_trips",
        tags=TAGS,
        parameters=[shape.TripFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.TripSerializer),
    )
    def get(self, request: Request) -> Response:
        """Trips of your fleet, newest first: all, of one vehicle, of one day, or both."""
        wanted = {"user": current_user(request), **self.query(shape.TripFilter), **self.paging()}
        found = selectors.trips_of_vehicle if "vehicle" in wanted else selectors.trips_of_fleet
        return self.page(found(**wanted), shape.TripSerializer)


class OneTrip(View):
    @extend_schema(operation_id="get_trip", tags=TAGS, responses=shape.TripDetailSerializer)
    def get(self, request: Request, trip_id: str) -> Response:
        """One trip, with its safety events."""
        return self.answer(selectors.trip(user=current_user(request), trip_id=trip_id), shape.TripDetailSerializer)


class TripBreadcrumbs(View):
    @extend_schema(
        operation_id="replay_trip", tags=TAGS, parameters=[shape.PointsFilter], responses=shape.TripReplaySerializer
    )
    def get(self, request: Request, trip_id: str) -> Response:
        """The points of a trip, to be played again; 404 once its archive is gone (a year)."""
        most = self.query(shape.PointsFilter)["most"]
        trip = selectors.trip(user=current_user(request), trip_id=trip_id)
        points = selectors.points_of(trip)
        shown = [msgspec.structs.asdict(archive.shown(point)) for point in selectors.thinned(points, most)]
        return self.answer({"trip_id": trip.trip_id, "of": len(points), "points": shown}, shape.TripReplaySerializer)


class TripExport(View):
    @extend_schema(
        operation_id="export_trip",
        tags=TAGS,
        parameters=[shape.ExportFilter],
        responses={
            (200, each.content_type.partition(";")[0]): OpenApiResponse(
                OpenApiTypes.STR, description=f"All points of the trip, as a file (`format={name}`)."
            )
            for name, each in FORMATS.items()
        },
    )
    def get(self, request: Request, trip_id: str) -> StreamingHttpResponse:
        """A trip as GPX, GeoJSON or CSV, every point of it."""
        name = self.query(shape.ExportFilter)["format"]
        trip = selectors.trip(user=current_user(request), trip_id=trip_id)
        written = FORMATS[name].write(trip, selectors.points_of(trip))
        headers = {"Content-Disposition": content_disposition_header(True, f"{trip.trip_id}.{name}") or ""}
        return StreamingHttpResponse(written, content_type=FORMATS[name].content_type, headers=headers)


class FleetHeat(View):
    @extend_schema(
        operation_id="get_fleet_heat",
        tags=TAGS,
        parameters=[shape.HeatFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.HeatTileSerializer),
    )
    def get(self, request: Request) -> Response:
        """Where your fleet spent a day: seconds in each cell of a map, a tile at a time."""
        page = selectors.fleet_heat(user=current_user(request), **self.query(shape.HeatFilter), **self.paging())
        return self.page(page, shape.HeatTileSerializer)
