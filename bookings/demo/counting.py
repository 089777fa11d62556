"""The counters of what the demo wrote past the services: rides by day and status, money by day and kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from atlas import counters
from atlas.dynamo.transaction import LIMIT, transact
from bookings import tally as rides_tally
from bookings.tables import Booking
from payments import tally as money_tally
from payments.rules.types import OperationKind, OperationState
from payments.tables import PaymentTransaction

KINDS = {
    OperationKind.AUTHORIZE: money_tally.AUTHORIZED,
    OperationKind.CAPTURE: money_tally.CAPTURED,
    OperationKind.REFUND: money_tally.REFUNDED,
}


def count(bookings: Iterable[Booking], payments: Iterable[PaymentTransaction], now: datetime) -> None:
    """Of the days that counters are kept for; each day in one item."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for booking in bookings:
        days[rides_tally.group(booking.details.date)][str(booking.status)] += 1
    for row in payments:
        for operation in row.operations:
            if operation.state is OperationState.DONE and operation.kind in KINDS:
                kind = KINDS[operation.kind]
                days[money_tally.group(operation.at.date())].update(
                    {f"{kind}/{row.currency}": operation.amount, f"{kind}#": 1}
                )
    oldest = str((now - counters.KEPT).date())
    groups = [(group, counted) for group, counted in days.items() if group.partition("/")[2] >= oldest]
    for start in range(0, len(groups), LIMIT):
        with transact() as tx:
            for group, counted in groups[start : start + LIMIT]:
                counters.add(tx, group, counted, spread="demo")
