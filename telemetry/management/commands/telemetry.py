"""`manage.py telemetry`: what is done with telemetry by hand."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound
from telemetry.importing import formats
from telemetry.importing.services import import_track
from telemetry.trips import describing, recomputing
from telemetry.trips.tables import Trip

SAY_EVERY = 100
BROKEN = ("no archive", "unreadable")


class Command(BaseCommand):
    help = "Telemetry: tracks made trips; trips said anew from their archives (new settings), or described in words."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        recompute = actions.add_parser("recompute", help="say trips anew from their archives")
        recompute.add_argument("--trip", help="this trip alone")
        recompute.add_argument("--vehicle", metavar="PVIN", help="the trips of this vehicle")
        recompute.add_argument("--since", type=date.fromisoformat, help="all trips since this UTC day (yesterday)")
        recompute.add_argument("--check", action="store_true", help="write nothing; fail where a row would change")

        load = actions.add_parser("import", help="make trips of tracks in files (GPX, CSV, GeoJSON)")
        load.add_argument("files", nargs="+", type=Path)
        load.add_argument("--vehicle", metavar="PVIN", required=True, help="whose tracks these are")
        describe = actions.add_parser(
            "describe", help="have trips described that were archived before (TRIP_SUMMARIES)"
        )
        describe.add_argument("--since", type=date.fromisoformat, help="all trips since this UTC day (yesterday)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Cut off, it may simply be started again: what has not changed is not written."""
        actions = {"describe": self.describe, "recompute": self.recompute, "import": self.load}
        actions[options["action"]](options)

    def load(self, options: dict[str, Any]) -> None:
        """File by file; of a file that cannot be read nothing is kept, and the others are."""
        broken = 0
        for number, path in enumerate(options["files"], start=1):
            title = f"{path.name} ({number}/{len(options['files'])})"
            try:
                raws = progress(formats.readings(path), title, self.stderr)
                found = import_track(pvin=options["vehicle"], raws=raws, now=utc_now())
            except NotFound as error:
                raise CommandError("No vehicle has this pseudoVIN: add a device for it first.") from error
            except (formats.NotATrack, OSError) as error:
                self.stderr.write(f"{title}: {error}")
                broken += 1
                continue
            refused = "".join(f", {count} {code}" for code, count in sorted(found.refused.items()))
            self.stdout.write(
                f"{path.name}: {found.readings} readings{refused}; {len(found.kept)} trips kept, "
                f"{len(found.known)} known, {len(found.overlapping)} overlapping others."
            )
        if broken:
            raise CommandError(f"{broken} files could not be read.")

    def describe(self, options: dict[str, Any]) -> None:
        if not settings.TRIP_SUMMARIES:
            raise CommandError("TRIP_SUMMARIES names nobody who describes trips.")
        now = utc_now()
        wanted = sum(describing.back_fill(row, now) for row in _since(options))
        self.stdout.write(f"{wanted} trips are being described.")

    def recompute(self, options: dict[str, Any]) -> None:
        found: Counter[str] = Counter()
        for row in _wanted(options):
            outcome = recomputing.recompute((row.pvin, row.trip_id), write=not options["check"])
            found[outcome.result] += 1
            if outcome.result in BROKEN or (options["check"] and outcome.result == "changed"):
                self.stderr.write(f"{outcome.trip_id}: {outcome.result}")
            if found.total() % SAY_EVERY == 0:
                self.stderr.write(f"{found.total()} trips, {found['changed']} changed")
        self.stdout.write(f"{found.total()} trips, {found['changed']} changed.")
        if broken := sum(found[each] for each in BROKEN):
            raise CommandError(f"{broken} archives could not be read.")
        if options["check"] and found["changed"]:
            raise CommandError(f"{found['changed']} rows do not say what their archives say.")


def progress(raws: Iterable[Any], title: str, out: Any) -> Iterator[Any]:
    """On a terminal, a line that counts; nothing where nobody looks."""
    count = 0
    for count, raw in enumerate(raws, start=1):
        if count % 1_000 == 0 and out.isatty():
            out.write(f"\r{title}: {count} readings", ending="")
            out.flush()
        yield raw
    if out.isatty():
        out.write(f"\r{title}: {count} readings")


def _wanted(options: dict[str, Any]) -> Iterator[Trip]:
    if options["trip"]:
        return recomputing.trip(options["trip"])
    if options["vehicle"]:
        return recomputing.trips_of_vehicle(options["vehicle"])
    return _since(options)


def _since(options: dict[str, Any]) -> Iterator[Trip]:
    today = utc_now().date()
    return recomputing.trips_of_days(options["since"] or today - timedelta(days=1), today)
