"""Runs of the reconciliation, and what was found by them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from atlas.dynamo.attributes import utc_now
from payments.reconciling.period import Period
from payments.reconciling.report import differences
from payments.reconciling.tables import PaymentDifference
from payments.reconciling.walking import Walk
from payments.tables import PaymentTransaction


def today() -> Period:
    """Yesterday and today: a test may run across midnight."""
    day = utc_now().date()
    return Period(day - timedelta(days=1), day, day)


def reconcile(*, mend: bool = False) -> list[PaymentDifference]:
    """A whole run; what it saw, as it stands afterwards."""
    return run(mend=mend)[1]


def run(*, mend: bool = False) -> tuple[Walk, list[PaymentDifference]]:
    id = str(uuid4())
    walk = Walk(today(), run_id=id, mending=mend, state={}, checkpoint=lambda state: None)
    walk.go()
    return walk, list(differences(id))


def clear() -> None:
    """Other tests' payments are none of Square's any more: its sandbox is emptied before each."""
    for table in (PaymentTransaction, PaymentDifference):
        with table.batch_write() as batch:
            for item in table.scan():
                batch.delete(item)


def dump() -> list[dict[str, Any]]:
    """All of both tables, but for what every run notes down."""
    passing = {"updatedAt", "version", "runId", "seenAt", "gatewayVersion", "gatewayUpdatedAt"}
    rows = [each.serialize() for table in (PaymentTransaction, PaymentDifference) for each in table.scan()]
    return sorted(({k: v for k, v in row.items() if k not in passing} for row in rows), key=str)
