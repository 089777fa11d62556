"""The REST views of telemetry: parse, call, render."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.views import View
from telemetry import examples, permissions, services
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
