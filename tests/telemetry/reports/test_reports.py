"""A report from the question to the file and the letter; schedules; who may."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from django.core import mail

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import Forbidden, Invalid, NotFound
from fleet.organizations.members import remove_member
from telemetry.reports import asking
from telemetry.reports.serializers import ReportSerializer
from telemetry.reports.tables import Every, Report, ReportFormat, ReportStatus, Schedule
from telemetry.rules.reports import ReportType
from telemetry.tables import Device
from telemetry.trips.tables import Trip
from tests.bookings.stage import Cast, make_cast
from tests.fleet.members import member, org
from tests.telemetry.commands.cars import commanded
from tests.telemetry.stage import archived_trip

pytestmark = pytest.mark.usefixtures("objects")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def driven(cast: Cast) -> Trip:
    """A trip of the sedan's, of six minutes."""
    pvin = commanded(cast)
    return archived_trip(Device(pvin=pvin, organization_id=org(cast)))


def asked(user: User, day: date, format: ReportFormat = ReportFormat.CSV, **more: bool) -> Report:
    made = asking.ask(user=user, type=ReportType.MILEAGE, format=format, first=day, last=day, **more)
    return Report.fetch(made.id)


def file_of(report: Report) -> bytes:
    return httpx.get(ReportSerializer(report).data["downloadUrl"]).content


def test_a_file_of_what_was_driven(cast: Cast) -> None:
    trip = driven(cast)
    report = asked(cast.manager, trip.started_at.date())
    assert (report.status, report.trips) == (ReportStatus.DONE, 1)
    header, row, total = file_of(report).decode("utf-8-sig").splitlines()
    assert header == 'vehicle,trips,km,km a trip,"longest, km"'
    km = f"{trip.distance / 1000:.1f}"
    assert row == f"{cast.sedan.plate_number},1,{km},{km},{km}"
    assert total == f"all,1,{km},{km},{km}"
    assert not mail.outbox
    assert timedelta(days=89) < report.expires_at - utc_now() < timedelta(days=91)


@pytest.mark.slow
def test_a_pdf_by_e_mail(cast: Cast) -> None:
    trip = driven(cast)
    report = asked(cast.owner, trip.started_at.date(), ReportFormat.PDF, mail=True)
    assert file_of(report).startswith(b"%PDF")
    [letter] = mail.outbox
    assert letter.to == [cast.owner.email]
    [(name, content, kind)] = letter.attachments
    assert str(name).endswith(".pdf")
    assert kind == "application/pdf"
    assert content == file_of(report)


def test_nothing_was_driven(cast: Cast) -> None:
    assert file_of(asked(cast.owner, date(2025, 6, 1), ReportFormat.PDF)).startswith(b"%PDF")
    assert asked(cast.owner, date(2025, 6, 1)).trips == 0


def test_another_fleet_is_not_in_it(cast: Cast) -> None:
    trip = driven(cast)
    assert asked(cast.rival, trip.started_at.date()).trips == 0


def test_who_may(cast: Cast) -> None:
    report = asked(cast.owner, date(2025, 6, 1))
    assert asking.report(user=cast.manager, report_id=report.id).id == report.id
    assert [each.id for each in asking.reports(user=cast.manager).items] == [report.id]
    assert not asking.reports(user=cast.rival).items
    with pytest.raises(NotFound):
        asking.report(user=cast.rival, report_id=report.id)
    for role in ("driver", "viewer"):
        with pytest.raises(Forbidden):
            asked(member(cast, role), date(2025, 6, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2025, 6, 2), date(2025, 6, 1)), (date(2025, 1, 1), date(2025, 6, 1)), (date(2025, 6, 1), date(2099, 1, 1))],
)
def test_days_that_make_no_sense(cast: Cast, first: date, last: date) -> None:
    with pytest.raises(Invalid):
        asking.ask(user=cast.owner, type=ReportType.SAFETY, format=ReportFormat.CSV, first=first, last=last)


def scheduled(cast: Cast, user: User, every: Every = Every.DAY) -> Schedule:
    return asking.schedule(user=user, type=ReportType.SAFETY, format=ReportFormat.CSV, every=every)


def test_a_schedule_makes_one_report_each_time(cast: Cast) -> None:
    made = scheduled(cast, cast.manager)
    asking.make_due(made.due_at - timedelta(seconds=1))
    assert not asking.reports(user=cast.owner).items
    for _ in range(3):
        asking.make_due(made.due_at)
    [report] = asking.reports(user=cast.owner).items
    assert report.schedule_id == made.id
    assert (report.first, report.last) == (str(made.due_at.date() - timedelta(days=1)),) * 2
    assert [letter.to for letter in mail.outbox] == [[cast.manager.email]]
    assert Schedule.fetch(org(cast), made.id).due_at == made.due_at + timedelta(days=1)
    asking.end_schedule(user=cast.owner, schedule_id=made.id)
    asking.make_due(made.due_at + timedelta(days=9))
    assert len(asking.reports(user=cast.owner).items) == 1


def test_a_schedule_ends_with_its_membership(cast: Cast) -> None:
    made = scheduled(cast, cast.manager)
    remove_member(user=cast.owner, organization_id=org(cast), user_id=cast.manager.id)
    asking.make_due(made.due_at)
    assert Schedule.find(org(cast), made.id, consistent=True) is None
    assert not asking.reports(user=cast.owner).items


@pytest.mark.parametrize(
    ("every", "now", "due", "days"),
    [
        (Every.DAY, "2026-06-03T04:59", "2026-06-03", ("2026-06-02", "2026-06-02")),
        (Every.DAY, "2026-06-03T05:00", "2026-06-04", ("2026-06-03", "2026-06-03")),
        (Every.WEEK, "2026-06-03T12:00", "2026-06-08", ("2026-06-01", "2026-06-07")),
        (Every.MONTH, "2026-12-03T12:00", "2027-01-01", ("2026-12-01", "2026-12-31")),
        (Every.MONTH, "2028-02-01T05:00", "2028-03-01", ("2028-02-01", "2028-02-29")),
    ],
)
def test_mornings(every: Every, now: str, due: str, days: tuple[str, str]) -> None:
    at = asking.next_time(every, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert at == datetime.fromisoformat(f"{due}T05:00+00:00")
    first, last = asking.days_before(every, at)
    assert (str(first), str(last)) == days
