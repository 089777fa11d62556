"""`manage.py telemetry`: what is done with telemetry by hand."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.attributes import utc_now
from telemetry.trips import describing, recomputing
from telemetry.trips.tables import Trip

SAY_EVERY = 100
BROKEN = ("no archive", "unreadable")


class Command(BaseCommand):
    help = "Telemetry: trips said anew from their archives (after a change of settings), or described in words."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        recompute = actions.add_parser("recompute", help="say trips anew from their archives")
        recompute.add_argument("--trip", help="this trip alone")
        recompute.add_argument("--vehicle", metavar="PVIN", help="the trips of this vehicle")
        recompute.add_argument("--since", type=date.fromisoformat, help="all trips since this UTC day (yesterday)")
        recompute.add_argument("--check", action="store_true", help="write nothing; fail where a row would change")

        describe = actions.add_parser(
            "describe", help="have trips described that were archived before (TRIP_SUMMARIES)"
        )
        describe.add_argument("--since", type=date.fromisoformat, help="all trips since this UTC day (yesterday)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Cut off, it may simply be started again: what has not changed is not written."""
        if options["action"] == "describe":
            self.describe(options)
        else:
            self.recompute(options)

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


def _wanted(options: dict[str, Any]) -> Iterator[Trip]:
    if options["trip"]:
        return recomputing.trip(options["trip"])
    if options["vehicle"]:
        return recomputing.trips_of_vehicle(options["vehicle"])
    return _since(options)


def _since(options: dict[str, Any]) -> Iterator[Trip]:
    today = utc_now().date()
    return recomputing.trips_of_days(options["since"] or today - timedelta(days=1), today)
