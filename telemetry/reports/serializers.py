"""The shapes of reports on the wire."""

from datetime import timedelta

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from atlas import objects
from atlas.api.fields import Choice, Flag, Id, Instant, Integer, LocalDate, Text
from atlas.api.serializers import Serializer
from telemetry.reports.mail import file_name
from telemetry.reports.tables import Every, Report, ReportFormat, ReportStatus
from telemetry.rules.reports import ReportType

LINK_LIFE = timedelta(minutes=15)


class NewReportSerializer(Serializer):
    type = Choice(ReportType)
    format = Choice(ReportFormat)
    from_ = LocalDate(help_text="UTC day.")
    to = LocalDate(help_text="UTC day, in it too.")
    mail = Flag(required=False, help_text="Have it by e-mail, too.")


class ReportSerializer(Serializer):
    id = Id(read_only=True)
    type = Choice(ReportType, read_only=True, source="type_")
    format = Choice(ReportFormat, read_only=True)
    first = Text(read_only=True)
    last = Text(read_only=True)
    status = Choice(ReportStatus, read_only=True)
    trips = Integer(read_only=True, allow_null=True, help_text="How many it is made of.")
    schedule_id = Id(read_only=True, allow_null=True)
    asked_at = Instant(read_only=True)
    expires_at = Instant(read_only=True)
    download_url = serializers.SerializerMethodField(method_name="link")

    @extend_schema_field({"type": ["string", "null"], "description": "The file, for 15 minutes, for whoever has it."})
    def link(self, report: Report) -> str | None:
        return objects.url(report.key_, file_name(report), LINK_LIFE) if report.key_ else None


class NewScheduleSerializer(Serializer):
    type = Choice(ReportType)
    format = Choice(ReportFormat)
    every = Choice(Every, help_text="Of the day, the week (from Monday) or the month that is over.")


class ScheduleSerializer(Serializer):
    id = Id(read_only=True)
    type = Choice(ReportType, read_only=True, source="type_")
    format = Choice(ReportFormat, read_only=True)
    every = Choice(Every, read_only=True)
    wanted_by = Id(read_only=True, help_text="Who gets it.")
    due_at = Instant(read_only=True)
