"""`manage.py audit seal`: seal the access log now. `manage.py audit verify`: is it what it was?"""

import argparse
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.access_log.checking import Tally
from accounts.access_log.sealing import seal_all
from accounts.access_log.verifying import verify


class Command(BaseCommand):
    help = "Seals the access log, or walks its chain and names whatever was tampered with (exit code 1)."

    def add_arguments(self, parser: Any) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("seal", help="Put everything unsealed under seals, as the periodic job does.")
        check = deeds.add_parser("verify", help="Walk all seals and entries.")
        check.add_argument("--from", dest="first", type=day, help="Look at entries of this UTC day and later.")
        check.add_argument("--to", dest="last", type=day, help="Look at entries up to this UTC day.")
        check.add_argument("--expect-head", metavar="HASH", help="The chain must hold the seal of this hash.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deed"] == "seal":
            self.stdout.write(f"{seal_all()} entries sealed.")
            return
        first, last = options["first"], options["last"]
        tally = Tally()
        found = 0
        for finding in verify(
            tally,
            first=datetime.combine(first, time.min, UTC) if first else None,
            last=datetime.combine(last, time.max, UTC) if last else None,
            expect_head=options["expect_head"],
            progress=self.stderr.write,
        ):
            found += 1
            self.stdout.write(str(finding))
        self.stdout.write(report(tally))
        if found:
            raise CommandError(f"{found} findings: the access log is not what it was.", returncode=1)


def report(tally: Tally) -> str:
    since = f", the oldest since {tally.unsealed_since:%Y-%m-%d %H:%M:%S}Z" if tally.unsealed_since else ""
    return "\n".join(
        [
            f"{tally.seals} seals hold {tally.sealed} entries ({tally.expired} of them expired).",
            f"{tally.entries} entries are there, {tally.unsealed} of them unsealed{since}.",
            f"{tally.erased} parts were erased with the people they told of.",
            f"Head: {tally.head_number} {tally.head}",
        ]
    )


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-12-24.") from error
