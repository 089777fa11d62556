"""A payer is forgotten: the customer at Square is deleted, which disables its cards; the consents stay as proof."""

from typing import Any

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from payments import gateway
from payments.cards.tables import Payer, SavedCard
from payments.events import CardRemoved
from payments.rules.cards import CardStatus
from payments.services.asking import answer


def forget_payer(_: Any, payer: Payer) -> None:
    payer.customer_id = None


def delete_at_square(_: Any, payer: Payer) -> None:
    """Square first: what is not deleted there is still known here. Raises `Unavailable`; the erasure comes again."""
    known = (payer.stored or {}).get("customerId")
    if known is not None:
        answer(lambda: gateway.delete_customer(known["S"]))
    with transact() as tx:
        tx.save(payer)


def save_forgotten(_: Any, card: SavedCard) -> None:
    """What counts on a card that was good until now is told, as when its holder takes it away."""
    was = (card.stored or {}).get("status", {}).get("S")
    with transact() as tx:
        tx.save(card)
        if was == CardStatus.ACTIVE and card.status is CardStatus.REMOVED:
            outbox.add(tx, CardRemoved(card.id, card.payer_id))


def forget_card(_: Any, card: SavedCard) -> None:
    if card.status in (CardStatus.PENDING, CardStatus.ACTIVE):
        card.status, card.removed_at = CardStatus.REMOVED, utc_now()
    card.source_id = card.customer_id = card.card_id = card.brand = card.last4 = None
    card.exp_month = card.exp_year = card.due_shard = card.due_at = None
