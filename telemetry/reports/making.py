"""Making a report: a fleet's trips of some days, as CSV or PDF, stored under a key of its own."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.utils import formats
from django.utils.translation import gettext as _

from accounts.tables import User
from atlas import jobs, objects, outbox
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import transact
from atlas.facade.admin.export import cell
from atlas.typesetting import CONTENT_TYPE, printable, typeset
from fleet.assignments.tables import DriverAssignment, VehicleAssignment
from fleet.tables import Organization, Vehicle
from telemetry.events import ReportMade
from telemetry.reports.tables import Report, ReportFormat, ReportStatus
from telemetry.rules.reports import Drive, Table, table
from telemetry.trips.tables import Trip

TEMPLATE = Path(__file__).parent / "template" / "report.typ"
CSV_TYPE = "text/csv; charset=utf-8"
PAGE = 100


def make(run: jobs.Run) -> None:
    """Done again after a kill it comes to the same: the key is the report's own."""
    report = Report.find(run.params["reportId"], consistent=True)
    if report is None or report.status is ReportStatus.DONE:
        return
    organization = Organization.fetch(report.organization_id)
    first, last = date.fromisoformat(report.first), date.fromisoformat(report.last)
    drives = []
    for page in _pages(report.organization_id, first, last):
        drives += page
        run.progress(len(drives), None)
    found = table(report.type_, drives, timedelta(days=(last - first).days + 1))
    key = f"reports/{report.organization_id}/{report.id}.{report.format}"
    if report.format is ReportFormat.PDF:
        objects.write(key, [as_pdf(report, organization.name, found)], CONTENT_TYPE)
    else:
        objects.write(key, [as_csv(found)], CSV_TYPE)
    report.key_, report.status, report.trips = key, ReportStatus.DONE, len(drives)
    with transact() as tx:
        tx.save(report)
        if report.mail:
            outbox.add(tx, ReportMade(report.id))
    run.progress(len(drives), len(drives))


def as_csv(found: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(found.header)
    writer.writerows([cell(name), *figures] for name, *figures in found.rows)
    writer.writerow(found.total)
    return ("\ufeff" + out.getvalue()).encode()


def as_pdf(report: Report, company: str, found: Table) -> bytes:
    """The same report gives the same bytes."""
    first, last = date.fromisoformat(report.first), date.fromisoformat(report.last)
    words = {
        "heading": _("Report: %(type)s") % {"type": report.type_},
        "company": printable(company),
        "period": f"{formats.date_format(first, 'j M Y')} \u2013 {formats.date_format(last, 'j M Y')}",
        "header": list(found.header),
        "rows": [[printable(each) for each in row] for row in found.rows],
        "total": list(found.total),
        "nothing": _("No trips in these days."),
        "foot": _("Days are UTC. Figures are of trips that began in them."),
        "day": (last.year, last.month, last.day),
    }
    return typeset(TEMPLATE, words, at=datetime.combine(last, time(), tzinfo=UTC))


def _pages(organization_id: str, first: date, last: date) -> Iterator[list[Drive]]:
    """The trips that began in these days, a page at a time: queries of an index and batch reads, never a scan."""
    begin = datetime.combine(first, time(), tzinfo=UTC)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=UTC) - timedelta(milliseconds=1)
    names = _Names(organization_id)
    keys: list[Trip] = []
    for key in Trip.organization_index.query(organization_id, Trip.started_at.between(begin, end), page_size=PAGE):
        keys.append(key)
        if len(keys) == PAGE:
            yield names.drives(keys)
            keys = []
    if keys:
        yield names.drives(keys)


class _Names:
    """What vehicles and drivers are called; each is read once."""

    def __init__(self, organization_id: str) -> None:
        held = list(VehicleAssignment.query(organization_id))
        ids = [each.vehicle_id or "-" for each in held]
        found = get_many(*((Vehicle, id) for id in ids)) if ids else []
        self._plates = {
            each.pvin: vehicle.plate_number for each, vehicle in zip(held, found, strict=True) if vehicle is not None
        }
        self._assigned = list(DriverAssignment.query(organization_id))
        people = list(dict.fromkeys(each.driver_id for each in self._assigned))
        self._people = {
            id: user.name
            for id, user in zip(people, get_many(*((User, id) for id in people)) if people else [], strict=True)
            if user is not None
        }

    def drives(self, keys: list[Trip]) -> list[Drive]:
        found = get_many(*((Trip, key.key) for key in keys))
        return [self._drive(trip) for trip in found if trip is not None]

    def _drive(self, trip: Trip) -> Drive:
        return Drive(
            vehicle=self._plates.get(trip.pvin, trip.pvin[:12]),
            driver=self._driver(trip),
            started_at=trip.started_at,
            ended_at=trip.ended_at,
            metres=trip.distance,
            score=trip.driving_score,
            events=trip.events,
            watt_hours=trip.energy,
            start_battery=trip.start_battery,
            end_battery=trip.end_battery,
        )

    def _driver(self, trip: Trip) -> str:
        """Who alone had the vehicle when the trip began."""
        had = {
            each.driver_id
            for each in self._assigned
            if each.pvin == trip.pvin
            and each.starts_at <= trip.started_at
            and (each.ends_at is None or each.ends_at > trip.started_at)
        }
        return self._people.get(next(iter(had)), "") if len(had) == 1 else ""
