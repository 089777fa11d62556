"""Asking for reports: once, or again and again. Days are UTC."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid4, uuid5

from accounts.users import CurrentUser
from atlas import jobs, outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.transaction import Lost, transact
from atlas.errors import Conflict, Invalid, NotFound
from atlas.shards import all_shards, shard_of
from fleet.rules.membership import Right, may
from fleet.tables import OrganizationUser
from telemetry.events import ReportAsked
from telemetry.reports.tables import Every, Report, ReportFormat, ReportStatus, Schedule
from telemetry.rules.reports import ReportType
from telemetry.tenancy import membership_of

JOB = "telemetry.report"
KEPT = timedelta(days=90)
MOST_DAYS = 90
"""As long as trips are kept."""
MOST_SCHEDULES = 20
BATCH = 50
HOUR = time(5, tzinfo=UTC)
"""When scheduled reports are made: what ended yesterday is archived by then."""


def ask(
    *, user: CurrentUser, type: ReportType, format: ReportFormat, first: date, last: date, mail: bool = False
) -> Report:
    """A report of the organization that the user acts for. Raises `Forbidden`, `Invalid`."""
    member = membership_of(user, Right.SEE_REPORTS)
    if not first <= last <= utc_now().date() or (last - first).days >= MOST_DAYS:
        raise Invalid(fields={"to": [f"Not before it begins, not of the future, {MOST_DAYS} days at most."]})
    made = _report(member.organization_id, user.id, type, format, first, last, id=str(uuid4()), mail=mail)
    with transact() as tx:
        tx.create(made)
        outbox.add(tx, ReportAsked(made.id))
    return made


def report(*, user: CurrentUser, report_id: str) -> Report:
    """Raises `Forbidden`, `NotFound`."""
    member = membership_of(user, Right.SEE_REPORTS)
    found = Report.find(report_id, consistent=True)
    if found is None or found.organization_id != member.organization_id or found.expires_at <= utc_now():
        raise NotFound
    return found


def reports(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Report]:
    """Newest first. Raises `Forbidden`."""
    organization_id = membership_of(user, Right.SEE_REPORTS).organization_id
    return read_page(
        Report.date_index.query,
        organization_id,
        scan_index_forward=False,
        scope=scope("reports", organization_id),
        cursor=cursor,
        limit=limit,
    )


def schedule(*, user: CurrentUser, type: ReportType, format: ReportFormat, every: Every) -> Schedule:
    """Have it made every day, week or month, and mailed to oneself. Raises `Forbidden`, `Conflict`."""
    member = membership_of(user, Right.SEE_REPORTS)
    if sum(1 for _ in Schedule.query(member.organization_id, limit=MOST_SCHEDULES)) >= MOST_SCHEDULES:
        raise Conflict(f"There are {MOST_SCHEDULES} already: end one.", code="too_many_schedules")
    id = str(uuid4())
    made = Schedule(
        organization_id=member.organization_id,
        id=id,
        type_=type,
        format=format,
        every=every,
        wanted_by=user.id,
        due_shard=shard_of(id),
        due_at=next_time(every, utc_now()),
    )
    with transact() as tx:
        tx.create(made)
    return made


def schedules(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Schedule]:
    organization_id = membership_of(user, Right.SEE_REPORTS).organization_id
    name = scope("schedules", organization_id)
    return read_page(Schedule.query, organization_id, scope=name, cursor=cursor, limit=limit)


def end_schedule(*, user: CurrentUser, schedule_id: str) -> None:
    """Raises `Forbidden`, `NotFound`."""
    found = Schedule.find(membership_of(user, Right.SEE_REPORTS).organization_id, schedule_id, consistent=True)
    if found is None:
        raise NotFound
    with transact() as tx:
        tx.delete(found)


def make_due(now: datetime | None = None) -> None:
    """Reports of schedules whose time has come. A schedule whose member may not see reports any more ends."""
    now = now or utc_now()
    for shard in all_shards():
        for key in Schedule.due_index.query(shard, Schedule.due_at <= now, limit=BATCH):
            found = Schedule.find(key.organization_id, key.id, consistent=True)
            if found is not None and found.due_at <= now:
                _make(found, now)


def _make(due: Schedule, now: datetime) -> None:
    """One transaction: the report, and when the next one is due. Of two at once, one finds it done."""
    member = OrganizationUser.find(due.organization_id, due.wanted_by, consistent=True)
    first, last = days_before(due.every, due.due_at)
    id = str(uuid5(NAMESPACE_URL, f"report:{due.id}:{due.due_at.isoformat()}"))
    made = _report(due.organization_id, due.wanted_by, due.type_, due.format, first, last, id=id, mail=True)
    made.schedule_id = due.id
    try:
        with transact() as tx:
            if member is None or not may(member.role, Right.SEE_REPORTS):
                tx.delete(due)
            else:
                due.due_at = next_time(due.every, now)
                tx.save(due)
                tx.create(made)
                outbox.add(tx, ReportAsked(made.id))
    except Lost:
        return


def next_time(every: Every, now: datetime) -> datetime:
    """The next morning that follows a whole day, a whole week (Monday), a whole month."""
    day = now.date() + timedelta(days=0 if now < datetime.combine(now.date(), HOUR) else 1)
    while (every is Every.WEEK and day.weekday() != 0) or (every is Every.MONTH and day.day != 1):
        day += timedelta(days=1)
    return datetime.combine(day, HOUR)


def days_before(every: Every, due_at: datetime) -> tuple[date, date]:
    """First and last day of what a report is of that is due then."""
    last = due_at.date() - timedelta(days=1)
    match every:
        case Every.DAY:
            return last, last
        case Every.WEEK:
            return last - timedelta(days=6), last
    return last.replace(day=1), last


def _report(
    organization_id: str,
    user_id: str,
    type: ReportType,
    format: ReportFormat,
    first: date,
    last: date,
    *,
    id: str,
    mail: bool,
) -> Report:
    now = utc_now()
    return Report(
        id=id,
        organization_id=organization_id,
        type_=type,
        format=format,
        first=first.isoformat(),
        last=last.isoformat(),
        asked_at=now,
        asked_by=user_id,
        mail=mail,
        status=ReportStatus.QUEUED,
        expires_at=(now + KEPT).replace(microsecond=0),
    )


def start(event: ReportAsked) -> None:
    """The job that makes it; heard twice, it is one job."""
    made = Report.find(event.report_id, consistent=True)
    if made is not None and made.status is ReportStatus.QUEUED:
        jobs.start(JOB, params={"reportId": made.id}, owner_id=made.asked_by, key=made.id)
