"""`manage.py bookings archive`: what is two years old into the archive, what is seven years old away."""

import argparse
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.holds.kinds import HoldKind
from accounts.holds.placing import hold_item, hold_person, release
from atlas.dynamo.attributes import instant_text
from atlas.errors import AtlasError
from bookings.archive import asking, restoring


class Command(BaseCommand):
    help = "The archive of bookings: run it, look into it, restore from it; legal holds."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        archive = actions.add_parser("archive", help="as every night: a job, watched here until its end")
        archive.add_argument("--dry-run", action="store_true", help="count what would be archived, change nothing")
        archive.add_argument("--from", dest="first", type=day, help="first UTC day of pick-ups; default: all")
        archive.add_argument("--to", dest="last", type=day, help="last UTC day of pick-ups; default: two years ago")
        archive.add_argument("--no-watch", action="store_true", help="print the job's ID and leave it to a worker")
        actions.add_parser("show", help="an archived booking, and how it stands").add_argument("booking")
        actions.add_parser("restore", help="ask for its record to be made readable").add_argument("booking")
        for name, what in (("hold", "place a legal hold"), ("release", "release one")):
            holding = actions.add_parser(name, help=what)
            holding.add_argument("kind", choices=("booking", "person"))
            holding.add_argument("id")
            holding.add_argument("--reason", required=True)

    def handle(self, *, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(**options)
        except AtlasError as error:
            fields = [fault for faults in error.fields.values() for fault in faults]
            raise CommandError(" ".join([error.message, *fields])) from error

    def _archive(self, *, first: date | None, last: date | None, dry_run: bool, no_watch: bool, **_: Any) -> None:
        job = asking.start(first=first, last=last, dry_run=dry_run)
        self.stdout.write(job.id)
        if not no_watch:
            call_command("jobs", "watch", job.id, stdout=self.stdout)

    def _show(self, *, booking: str, **_: Any) -> None:
        standing = restoring.look(user=None, booking_id=booking)
        row = standing.row
        self.stdout.write(f"{row.reference}  {row.status}, pick-up {instant_text(row.pickup_at)}")
        self.stdout.write(f"{standing.state}  in {row.object_key} at {int(row.offset)}")
        if standing.until:
            self.stdout.write(f"readable until {instant_text(standing.until)}")
        self.stdout.write(f"deleted from {standing.deleted_from} on" + (", but held" if standing.held else ""))

    def _restore(self, *, booking: str, **_: Any) -> None:
        standing = restoring.ask(user=None, booking_id=booking)
        self.stdout.write(f"{standing.row.reference} is {standing.state}.")

    def _hold(self, *, kind: str, id: str, reason: str, **_: Any) -> None:
        if kind == "person":
            hold_person(user=None, user_id=id, reason=reason)
        else:
            hold_item(user=None, kind=HoldKind.BOOKING, id=id, about=restoring.concierge_of(id), reason=reason)
        self.stdout.write(f"{id} is held.")

    def _release(self, *, id: str, reason: str, **_: Any) -> None:
        release(user=None, hold_id=id, reason=reason)
        self.stdout.write(f"{id} is released.")


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-12-24.") from error
