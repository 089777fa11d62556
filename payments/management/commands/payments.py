"""`manage.py payments reconcile --from DAY --to DAY [--mend]`: Square's books beside ours, now and in this terminal.

`manage.py payments ledger verify|backfill`: our own books.
"""

import argparse
import sys
from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from payments.gateway import OutcomeUnknown
from payments.ledger import command as ledger
from payments.reconciling.period import Period
from payments.reconciling.report import differences, summary
from payments.reconciling.tables import PaymentDifference
from payments.reconciling.walking import Walk
from payments.rules.differences import DifferenceStatus


class Command(BaseCommand):
    help = "Payments: reconcile a period with Square, verify the ledger; fails (exit code 1) when something is wrong."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        reconcile = actions.add_parser("reconcile", help="list every difference, with its proposed mend")
        reconcile.add_argument("--from", dest="first", type=day, help="first UTC day; default: yesterday")
        reconcile.add_argument("--to", dest="last", type=day, help="last UTC day; default: the first one")
        reconcile.add_argument(
            "--mend", action="store_true", help="do what moves no money and contradicts no record of ours"
        )

        ledger.add_arguments(actions.add_parser("ledger", help="the books: verify, backfill"), day)

    def handle(self, *, action: str, first: date | None, last: date | None, **given: Any) -> None:
        try:
            if action == "reconcile":
                self._reconcile(first, last, mend=given["mend"])
            elif given["verb"] == "verify":
                ledger.verify(self.stdout.write, first=first, last=last)
            else:
                ledger.backfill(
                    self.stdout.write,
                    first=first,
                    last=last,
                    dated_back=given["dated_back"],
                    dry_run=given["dry_run"],
                )
        except (AtlasError, OutcomeUnknown) as error:
            fields = getattr(error, "fields", {})
            raise CommandError(
                " ".join([str(error), *(fault for each in fields.values() for fault in each)])
            ) from error

    def _reconcile(self, first: date | None, last: date | None, *, mend: bool) -> None:
        run_id = str(uuid4())
        today = utc_now().date()
        begin = first or last or today - timedelta(days=1)
        period = Period(begin, last or begin, today)
        walk = Walk(period, run_id=run_id, mending=mend, state={}, checkpoint=self._tell)
        walk.go()
        counts: Counter[str] = Counter()
        for row in differences(run_id):
            counts[row.status] += 1
            self.stdout.write(as_line(row))
        self.stdout.write(summary(walk.totals, counts))
        if counts[DifferenceStatus.OPEN]:
            raise CommandError(f"{counts[DifferenceStatus.OPEN]} differences are open.", returncode=1)

    def _tell(self, state: Any) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{state['pages']} pages\x1b[K", ending="")


def as_line(row: PaymentDifference) -> str:
    refund = f" refund {row.refund_gateway_id}" if row.refund_gateway_id else ""
    where = f"transaction {row.transaction_id} Square {row.payment_gateway_id or '-'}{refund}"
    return f"{row.status} {row.kind}: {where}: ours {row.ours}, theirs {row.theirs}; mend: {row.mend}"


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-12-24.") from error
