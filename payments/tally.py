"""How much money moved on a day, per currency: counted with each change, for the overview of the back office."""

from collections.abc import Iterable
from datetime import date

from atlas import counters
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from payments.events import PaymentRefunded, PaymentSettled
from payments.tables import PaymentTransaction

AUTHORIZED, CAPTURED, REFUNDED = "authorized", "captured", "refunded"
KINDS = (AUTHORIZED, CAPTURED, REFUNDED)


def group(day: date) -> str:
    """What moved on this UTC day."""
    return f"payments/{day}"


def count(tx: Transaction, row: PaymentTransaction, kind: str, amount: int) -> None:
    """Add `amount` cents, and one movement."""
    changes = {f"{kind}/{row.currency}": amount, f"{kind}#": 1}
    counters.add(tx, group(utc_now().date()), changes, spread=row.id)


def count_events(tx: Transaction, row: PaymentTransaction, events: Iterable[object]) -> None:
    """What the provider settled or gave back: each of these events is told once."""
    for event in events:
        match event:
            case PaymentSettled(amount=amount):
                count(tx, row, CAPTURED, amount)
            case PaymentRefunded(amount=amount):
                count(tx, row, REFUNDED, amount)


def of_day(day: date) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Cents by kind and currency, and how many movements of each kind. One query."""
    counted = counters.read(group(day))
    cents: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for name, value in counted.items():
        kind, slash, currency = name.partition("/")
        if slash:
            cents[kind][currency] = value
    return cents, {kind: counted.get(f"{kind}#", 0) for kind in KINDS}
