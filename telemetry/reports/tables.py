"""Reports, and when they are made."""

from enum import StrEnum

from pynamodb.attributes import BooleanAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from telemetry.rules.reports import ReportType


class ReportFormat(StrEnum):
    CSV = "csv"
    PDF = "pdf"


class ReportStatus(StrEnum):
    QUEUED = "QUEUED"
    DONE = "DONE"


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ReportsByType(GlobalSecondaryIndex["Report"]):
    class Meta:
        index_name = "type-index"
        projection = KeysOnlyProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    type_ = UnicodeEnumAttribute(ReportType, range_key=True, attr_name="type")


class ReportsByDate(GlobalSecondaryIndex["Report"]):
    class Meta:
        index_name = "date-index"
        projection = AllProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    asked_at = InstantAttribute(range_key=True, attr_name="date")


class Report(Table):
    """A report of a fleet's days; its file lies under `reports/`.

    - one report: GetItem `id`
    - the reports of a fleet: `date-index`, newest first
    - those of one type: `type-index`, then BatchGetItem
    """

    class Meta(Schema):
        name = "fleet-reports"
        retention = "90 days (TTL)"

    id = UnicodeAttribute(hash_key=True)
    organization_id = UnicodeAttribute(attr_name="organizationId")
    type_ = UnicodeEnumAttribute(ReportType, attr_name="type")
    format = UnicodeEnumAttribute(ReportFormat)
    first = UnicodeAttribute()
    """UTC day, `YYYY-MM-DD`, and the last one, both in it."""
    last = UnicodeAttribute()
    asked_at = InstantAttribute(attr_name="date")
    asked_by = UnicodeAttribute(attr_name="askedBy")
    mail = BooleanAttribute(default=False)
    """Whether who asked for it gets it by e-mail, too."""
    schedule_id = UnicodeAttribute(null=True, attr_name="scheduleId")
    status = UnicodeEnumAttribute(ReportStatus)
    key_ = UnicodeAttribute(null=True, attr_name="key")
    trips = IntegerAttribute(null=True)
    expires_at = TTLAttribute(attr_name="expiresAt")

    type_index = ReportsByType()
    date_index = ReportsByDate()


class DueSchedules(GlobalSecondaryIndex["Schedule"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class Schedule(Table):
    """A report that is made again and again, for the member who wants it.

    - the schedules of a fleet, one of them: Query / GetItem `organizationId` + `scheduleId`
    - which are due: `due-index`, one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "scheduled-reports"
        retention = "until it is ended, or its member leaves"

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    id = UnicodeAttribute(range_key=True, attr_name="scheduleId")
    type_ = UnicodeEnumAttribute(ReportType, attr_name="type")
    format = UnicodeEnumAttribute(ReportFormat)
    every = UnicodeEnumAttribute(Every)
    wanted_by = UnicodeAttribute(attr_name="wantedBy")
    due_shard = NumberAttribute(attr_name="dueShard")
    due_at = InstantAttribute(attr_name="dueAt")

    due_index = DueSchedules()
