"""The REST views of reports."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import request_example
from atlas.api.views import View
from telemetry.reports import asking
from telemetry.reports import serializers as shape

TAGS = ["Telemetry"]
MILEAGE = request_example(
    "Two weeks", {"type": "mileage", "format": "csv", "from": "2025-06-01", "to": "2025-06-14", "mail": True}
)
WEEKLY = request_example("Every Monday", {"type": "safety", "format": "pdf", "every": "week"})


class Reports(View):
    @extend_schema(
        operation_id="list_reports",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.ReportSerializer),
    )
    def get(self, request: Request) -> Response:
        """The fleet's reports of the last 90 days, newest first (owner, admin, manager)."""
        return self.page(asking.reports(user=current_user(request), **self.paging()), shape.ReportSerializer)

    @extend_schema(
        operation_id="ask_for_report",
        tags=TAGS,
        request=shape.NewReportSerializer,
        responses={202: shape.ReportSerializer},
        examples=[MILEAGE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a report made of some days: utilisation, mileage, safety, charging, or trips per driver."""
        given = self.body(shape.NewReportSerializer)
        first, last = given.pop("from_"), given.pop("to")
        made = asking.ask(user=current_user(request), first=first, last=last, **given)
        return self.answer(made, shape.ReportSerializer, status=HTTP_202_ACCEPTED)


class OneReport(View):
    @extend_schema(operation_id="get_report", tags=TAGS, responses=shape.ReportSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """How far a report is, and its file."""
        found = asking.report(user=current_user(request), report_id=str(report_id))
        return self.answer(found, shape.ReportSerializer)


class Schedules(View):
    @extend_schema(
        operation_id="list_report_schedules",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.ScheduleSerializer),
    )
    def get(self, request: Request) -> Response:
        """Which reports are made again and again, and for whom."""
        return self.page(asking.schedules(user=current_user(request), **self.paging()), shape.ScheduleSerializer)

    @extend_schema(
        operation_id="schedule_report",
        tags=TAGS,
        request=shape.NewScheduleSerializer,
        responses={201: shape.ScheduleSerializer},
        examples=[WEEKLY],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a report made and mailed to you every day, week or month, in the morning after (05:00 UTC)."""
        made = asking.schedule(user=current_user(request), **self.body(shape.NewScheduleSerializer))
        return self.created(made, shape.ScheduleSerializer)


class OneSchedule(View):
    @extend_schema(operation_id="end_report_schedule", tags=TAGS, responses={204: None})
    def delete(self, request: Request, schedule_id: UUID) -> Response:
        """Have it made no more."""
        asking.end_schedule(user=current_user(request), schedule_id=str(schedule_id))
        return self.nothing()
