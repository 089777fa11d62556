"""The REST views of telemetry: parse, call, render."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.schema import error_response
from atlas.api.views import View
from telemetry import examples, handover, permissions, services
from telemetry import serializers as shape

TAGS = ["Telemetry"]


class VehicleVin(View):
    permission_classes = (permissions.OwnsVehicles,)

    @extend_schema(
        operation_id="give_vin",
        tags=TAGS,
        request=shape.VinSerializer,
        responses=shape.GivenVinSerializer,
        examples=[examples.VIN],
    )
    def put(self, request: Request, vehicle_id: UUID) -> Response:
        """Bind your vehicle to its VIN, which is sealed at once. 409 `vin_taken` while another vehicle has it."""
        body = self.body(shape.VinSerializer)
        vehicle = services.give_vin(user=current_user(request), vehicle_id=str(vehicle_id), **body)
        return self.answer(vehicle, shape.GivenVinSerializer)


class HandOver(View):
    @extend_schema(
        operation_id="hand_vehicle_over",
        tags=TAGS,
        request=None,
        responses={204: None, 409: error_response("`vehicle_under_way` until its last trip is archived.")},
    )
    def post(self, request: Request, pvin: str) -> Response:
        """Release a vehicle from your organization (owner, admin): whoever adds its VIN next has it.

        Its trips stay yours; its devices, its latest state and who it was assigned to end.
        """
        handover.hand_over(user=current_user(request), pvin=pvin)
        return self.nothing()


class ResolveVin(View):
    permission_classes = (permissions.IsStaff,)

    @extend_schema(
        operation_id="resolve_vin",
        tags=TAGS,
        request=shape.ResolveSerializer,
        responses=shape.ResolvedSerializer,
        examples=[examples.RESOLVE],
    )
    def post(self, request: Request) -> Response:
        """The real VIN behind a pseudoVIN (staff with the right to). Each call is kept with who asked and why."""
        body = self.body(shape.ResolveSerializer)
        vin = services.resolve_vin(user=current_user(request), **body)
        return self.answer({"vin": vin}, shape.ResolvedSerializer)
