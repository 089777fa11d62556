"""The REST view of what a fleet is watched for."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.fields import Number
from atlas.api.schema import request_example
from atlas.api.serializers import Serializer
from atlas.api.views import View
from telemetry.watching import services

TAGS = ["Telemetry"]
EXAMPLE = request_example("A slower fleet", {"speedLimit": 33.3, "lowBattery": 20})


class FleetLimitsSerializer(Serializer):
    """Null takes a limit back to the platform's own."""

    speed_limit = Number(
        source="speed", required=False, allow_null=True, min_value=5, max_value=100, decimals=2, help_text="m/s."
    )
    low_battery = Number(
        source="battery", required=False, allow_null=True, min_value=1, max_value=90, decimals=1, help_text="Percent."
    )


NAMES = {"speed": "speed_limit", "battery": "low_battery"}


class FleetLimits(View):
    @extend_schema(operation_id="get_fleet_limits", tags=TAGS, responses=FleetLimitsSerializer)
    def get(self, request: Request) -> Response:
        """Beyond which a vehicle of your fleet raises an alert (owner, admin, manager)."""
        return self.answer(services.limits(user=current_user(request)), FleetLimitsSerializer)

    @extend_schema(
        operation_id="change_fleet_limits",
        tags=TAGS,
        request=FleetLimitsSerializer,
        responses=FleetLimitsSerializer,
        examples=[EXAMPLE],
    )
    def patch(self, request: Request) -> Response:
        """Set the limits of your fleet (owner, admin)."""
        body = self.body(FleetLimitsSerializer, partial=True)
        changes = {NAMES[name]: value for name, value in body.items()}
        return self.answer(services.change_limits(user=current_user(request), **changes), FleetLimitsSerializer)
