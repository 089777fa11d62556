"""A payer's cards: which there are, whether one may be used, and removing one."""

from contextlib import suppress
from datetime import datetime

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, NotFound, Unavailable
from atlas.shards import shard_of
from payments.cards.saving import settle_card
from payments.cards.tables import SavedCard
from payments.events import CardRemoved
from payments.rules.cards import CardStatus, has_expired


def list_cards(*, payer_id: str) -> list[SavedCard]:
    """What is kept for this payer, newest first. One query; they are few (`saving.MOST`)."""
    rows = SavedCard.payer_index.query(
        payer_id, filter_condition=SavedCard.status == CardStatus.ACTIVE, scan_index_forward=False
    )
    return list(rows)


def own_card(*, payer_id: str, card_id: str) -> SavedCard:
    """One that is kept. Raises `NotFound`, also for somebody else's."""
    card = SavedCard.find(card_id, consistent=True)
    if card is None or card.payer_id != payer_id or card.status is not CardStatus.ACTIVE:
        raise NotFound
    return card


def usable_card(*, payer_id: str, card_id: str, at: datetime) -> SavedCard:
    """One that may still be good at this time. Raises `NotFound`, `Conflict` (`card_expired`, `card_closed`)."""
    card = own_card(payer_id=payer_id, card_id=card_id)
    if card.closed:
        raise Conflict("The bank has closed this card's account. Use another card.", code="card_closed")
    if has_expired(exp_month=card.exp_month, exp_year=card.exp_year, at=at):
        raise Conflict("The card expires before it is charged. Use another card.", code="card_expired")
    return card


def fault_of(card: SavedCard, *, at: datetime) -> str | None:
    """Why nobody need ask this card's bank at this time, as one of Square's codes; None for a card to be asked."""
    if card.status is not CardStatus.ACTIVE:
        return "CARD_REMOVED"
    if card.closed:
        return "INVALID_ACCOUNT"
    expired = has_expired(exp_month=card.exp_month, exp_year=card.exp_year, at=at)
    return "CARD_EXPIRED" if expired else None


def remove_card(*, payer_id: str, card_id: str) -> None:
    """Nobody charges it from now on, here; Square is told at once, or once it answers. Harmless when it is gone."""
    if _remove(payer_id=payer_id, card_id=card_id):
        with suppress(Unavailable):
            settle_card(card_id=card_id)


@retried
def _remove(*, payer_id: str, card_id: str) -> bool:
    """False when it was removed before."""
    card = SavedCard.find(card_id, consistent=True)
    if card is not None and card.payer_id == payer_id and card.status is CardStatus.REMOVED:
        return False
    card = own_card(payer_id=payer_id, card_id=card_id)
    card.status = CardStatus.REMOVED
    card.removed_at = card.due_at = utc_now()
    card.due_shard = shard_of(card.id)
    with transact() as tx:
        tx.save(card)
        outbox.add(tx, CardRemoved(card.id, card.payer_id))
    return True
