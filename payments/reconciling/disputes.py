"""Disputes at Square that are not noted here as they stand: their webhooks were lost."""

from collections.abc import Iterator

from payments import gateway
from payments.disputing import is_news
from payments.reconciling.comparing import NOTHING, Finding, finding_of
from payments.reconciling.period import Period
from payments.rules.differences import DifferenceKind, Mend
from payments.services.asking import answer
from payments.tables import PaymentTransaction


def unnoted(period: Period) -> Iterator[Finding]:
    """Of all that were opened or decided since the period began: a webhook that is on its way may bring them yet."""
    for dispute in gateway.all_disputes():
        if dispute.updated_at >= period.begin:
            row = next(iter(PaymentTransaction.gateway_index.query(dispute.payment_id, limit=1)), None)
            if row is not None and (finding := compare_dispute(PaymentTransaction.fetch(row.id), dispute)) is not None:
                yield finding


def look_at_dispute(transaction_id: str, dispute_id: str) -> Finding | None:
    """The same of one, as both are this instant. Raises `Unavailable`."""
    dispute = answer(lambda: gateway.get_dispute(dispute_id))
    return compare_dispute(PaymentTransaction.fetch(transaction_id), dispute)


def compare_dispute(row: PaymentTransaction, dispute: gateway.Dispute) -> Finding | None:
    """None when it is noted as it stands, and for what moves no money."""
    if not is_news(row, dispute):
        return None
    known = next((str(each.state) for each in row.disputes if each.gateway_id == dispute.gateway_id), NOTHING)
    return finding_of(
        row, DifferenceKind.DISPUTED, Mend.FOLLOW, known, dispute.state, dispute.amount, dispute.gateway_id
    )
