"""Findings as rows: found again they are the same row, gone they are mended."""

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from payments.reconciling.comparing import Finding
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceStatus

AGREES = "It agrees by now."


@retried
def keep(finding: Finding, run_id: str | None) -> PaymentDifference:
    """The row of a finding: new, seen again, or opened again (mended once, or dismissed when it was another)."""
    now = utc_now()
    row = PaymentDifference.find(finding.id, consistent=True)
    if row is None:
        row = PaymentDifference(id=finding.id, created_at=now)
    elif row.status is DifferenceStatus.MENDED or (
        row.status is DifferenceStatus.DISMISSED and (row.ours, row.theirs) != (finding.ours, finding.theirs)
    ):
        row.status = DifferenceStatus.OPEN
        row.resolved_at = row.resolved_by = row.reason = None
    row.kind, row.mend = finding.kind, finding.mend
    row.ours, row.theirs = finding.ours, finding.theirs
    row.amount, row.currency = finding.amount, finding.currency
    row.transaction_id, row.reference = finding.transaction_id, finding.reference or None
    row.payment_gateway_id, row.refund_gateway_id = finding.gateway_id, finding.refund_id
    row.run_id, row.seen_at = run_id or row.run_id, now
    with transact() as tx:
        tx.save(row)
    return row


def resolve(row: PaymentDifference, status: DifferenceStatus, *, by: str | None, reason: str) -> None:
    """Under the version it was read with."""
    row.status, row.resolved_at, row.resolved_by, row.reason = status, utc_now(), by, reason
    with transact() as tx:
        tx.save(row)
