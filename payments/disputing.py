"""Disputes noted on their payment, which posts them in the books, and told to finance, who answer them at Square.

Square takes the money back while it is open, returns it when it is won, keeps it when it is lost. News may come twice,
late or in any order: the newest state by Square's own time counts.
"""

import structlog

from atlas import outbox
from atlas.dynamo.transaction import Transaction, retried, transact
from payments import gateway
from payments.events import PaymentDiffers
from payments.ledger.documents import Dispute as Noted
from payments.ledger.kinds import DisputeState
from payments.services.asking import answer
from payments.tables import PaymentTransaction

NEWS = frozenset({"dispute.created", "dispute.state.updated", "dispute.state.changed"})
"""Webhooks that carry a dispute; the last one is the older name of the second."""
INQUIRY = "INQUIRY_"
"""Questions of the bank before a dispute: no money moves yet."""
STATES = {
    "WON": DisputeState.WON,
    "LOST": DisputeState.LOST,
    "ACCEPTED": DisputeState.LOST,
}
log = structlog.get_logger(__name__)


def follow_dispute(tx: Transaction, dispute: gateway.Dispute) -> None:
    """Note where it is on its payment, in `tx`. Those of payments that are none of ours are passed over."""
    found = next(iter(PaymentTransaction.gateway_index.query(dispute.payment_id, limit=1)), None)
    if found is None or dispute.state.startswith(INQUIRY):
        log.info("dispute_not_noted", gateway_id=dispute.gateway_id, state=dispute.state)
        return
    row = PaymentTransaction.fetch(found.id)
    if not note(row, dispute):
        return
    tx.save(row)
    outbox.add(tx, PaymentDiffers(row.id))
    log.warning("payment_disputed", transaction_id=row.id, state=dispute.state, amount=dispute.amount)


def note(row: PaymentTransaction, dispute: gateway.Dispute) -> bool:
    """Whether it is news. In memory."""
    if not is_news(row, dispute):
        return False
    noted = Noted(
        gateway_id=dispute.gateway_id,
        amount=dispute.amount,
        state=STATES.get(dispute.state, DisputeState.OPEN),
        reason=dispute.reason or None,
        at=dispute.created_at,
        due_at=dispute.due_at,
        updated_at=dispute.updated_at,
    )
    row.disputes = [*(each for each in row.disputes if each.gateway_id != dispute.gateway_id), noted]
    return True


def is_news(row: PaymentTransaction, dispute: gateway.Dispute) -> bool:
    """Whether it is not noted yet as it stands at Square."""
    known = next((each for each in row.disputes if each.gateway_id == dispute.gateway_id), None)
    if dispute.state.startswith(INQUIRY):
        return False
    return known is None or known.updated_at is None or dispute.updated_at > known.updated_at


@retried
def take_over(dispute_id: str) -> None:
    """Note a dispute as Square has it now: what a webhook that was lost would have told. Raises `Unavailable`."""
    dispute = answer(lambda: gateway.get_dispute(dispute_id))
    with transact() as tx:
        follow_dispute(tx, dispute)
