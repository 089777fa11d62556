"""The REST views of alerts and events."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.views import View
from telemetry.alerts import selectors, services
from telemetry.alerts import serializers as shape

TAGS = ["Telemetry"]


class Alerts(View):
    @extend_schema(
        operation_id="list_fleet_alerts",
        tags=TAGS,
        parameters=[shape.AlertFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.AlertSerializer),
    )
    def get(self, request: Request) -> Response:
        """Alerts of your fleet (owner, admin, manager), newest first: all, of a vehicle, severity or category."""
        page = selectors.alerts(user=current_user(request), **self.query(shape.AlertFilter), **self.paging())
        return self.page(page, shape.AlertSerializer)


class OneAlert(View):
    @extend_schema(operation_id="get_fleet_alert", tags=TAGS, responses=shape.AlertSerializer)
    def get(self, request: Request, alert_id: UUID) -> Response:
        """One alert."""
        return self.answer(selectors.alert(user=current_user(request), alert_id=str(alert_id)), shape.AlertSerializer)


class AcknowledgeAlert(View):
    @extend_schema(operation_id="acknowledge_alert", tags=TAGS, request=None, responses=shape.AlertSerializer)
    def post(self, request: Request, alert_id: UUID) -> Response:
        """You see to it (owner, admin, manager): it is escalated no further."""
        alert = services.acknowledge(user=current_user(request), alert_id=str(alert_id), check=self.check_version)
        return self.answer(alert, shape.AlertSerializer)


class ResolveAlert(View):
    @extend_schema(operation_id="resolve_alert", tags=TAGS, request=None, responses=shape.AlertSerializer)
    def post(self, request: Request, alert_id: UUID) -> Response:
        """It is over (owner, admin): the same again is another alert."""
        alert = services.resolve(user=current_user(request), alert_id=str(alert_id), check=self.check_version)
        return self.answer(alert, shape.AlertSerializer)


class VehicleEvents(View):
    @extend_schema(
        operation_id="list_vehicle_events",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.EventSerializer),
    )
    def get(self, request: Request, pvin: str) -> Response:
        """What happened to one of your vehicles, newest first: fences crossed, limits exceeded."""
        page = selectors.events(user=current_user(request), pvin=pvin, **self.paging())
        return self.page(page, shape.EventSerializer)
