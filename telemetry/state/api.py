"""The REST views of vehicles' states."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.views import View
from telemetry.state import selectors
from telemetry.state.serializers import VehicleStateSerializer

TAGS = ["Telemetry"]


class FleetState(View):
    @extend_schema(
        operation_id="get_fleet_state",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(VehicleStateSerializer),
    )
    def get(self, request: Request) -> Response:
        """Where the vehicles of your organization are, and how they do."""
        page = selectors.fleet_state(user=current_user(request), **self.paging())
        return self.page(page, VehicleStateSerializer)


class OneState(View):
    @extend_schema(operation_id="get_vehicle_state", tags=TAGS, responses=VehicleStateSerializer)
    def get(self, request: Request, pvin: str) -> Response:
        """Where one of your vehicles is, and how it does."""
        return self.answer(selectors.vehicle_state(user=current_user(request), pvin=pvin), VehicleStateSerializer)
