"""Keep a card: agreed to, stored with its key, asked for, answered."""

from datetime import timedelta
from uuid import uuid4

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Invalid, PaymentDeclined
from atlas.shards import shard_of
from payments import gateway
from payments.cards.consent import agreed
from payments.cards.payers import customer_of, forget_customer, know_payer
from payments.cards.tables import SavedCard
from payments.gateway import Card, Declined, Refused
from payments.rules.cards import CardStatus
from payments.services.asking import answer

ANSWER_WITHIN = timedelta(minutes=2)
"""Longer than any living process waits for Square."""
MOST = 10
"""Cards that are kept for one payer; who has more is trying cards out."""


def save_card(*, payer_id: str, source_id: str, consent: str | None) -> SavedCard:
    """Keep the card behind a token for this payer; `consent` is the version of the text that they agreed to.

    Raises `Invalid` (no consent, no token), `Conflict` (`too_many_cards`), `PaymentDeclined` (nothing is kept) and
    `Unavailable` (`payment_unknown`: it is kept, or not, within minutes).
    """
    card = open_card(payer_id=payer_id, source_id=source_id, consent=consent)
    card = settle_card(card_id=card.id)
    if card.status is CardStatus.REFUSED:
        raise PaymentDeclined("The card was declined. It is not kept; try another one.", details={"reason": card.code})
    return card


@retried
def open_card(*, payer_id: str, source_id: str, consent: str | None) -> SavedCard:
    """Store the wish and its key; Square has not heard of it yet. `settle_card` follows."""
    with transact() as tx:
        return add_card(tx, payer_id=payer_id, source_id=source_id, consent=consent)


def add_card(tx: Transaction, *, payer_id: str, source_id: str, consent: str | None) -> SavedCard:
    """The same in the caller's transaction. Raises `Invalid` and `Conflict` as `save_card` does."""
    proof = agreed(consent)
    if not source_id:
        raise Invalid(fields={"sourceId": ["Give the token of a card."]})
    kept = SavedCard.payer_index.query(payer_id, filter_condition=SavedCard.status == CardStatus.ACTIVE)
    if sum(1 for _ in kept) >= MOST:
        raise Conflict(f"{MOST} cards are kept already. Remove one first.", code="too_many_cards")
    id = str(uuid4())
    card = SavedCard(
        id=id,
        payer_id=payer_id,
        consent=proof,
        save_key=str(uuid4()),
        source_id=source_id,
        due_shard=shard_of(id),
        due_at=utc_now() + ANSWER_WITHIN,
    )
    know_payer(tx, payer_id)
    tx.create(card)
    return card


def settle_card(*, card_id: str) -> SavedCard:
    """Finish what was asked of Square about this card, by its key. Raises `Unavailable` while there is no answer."""
    card = SavedCard.fetch(card_id)
    if card.status is CardStatus.PENDING:
        card = _record(card_id=card.id, outcome=_ask(card))
    if card.status is CardStatus.REMOVED and card.due_at is not None:
        card = _disable(card)
    return card


def _ask(card: SavedCard) -> Card | Declined:
    customer_id = customer_of(card.payer_id)
    try:
        return _keep(card, customer_id)
    except Refused as refusal:
        if refusal.code != "CUSTOMER_NOT_FOUND":
            return Declined(refusal.code, refusal.detail)
    forget_customer(card.payer_id, gone=customer_id)
    try:
        return _keep(_with_new_key(card_id=card.id), customer_of(card.payer_id))
    except Refused as refusal:
        return Declined(refusal.code, refusal.detail)


def _keep(card: SavedCard, customer_id: str) -> Card | Declined:
    return answer(
        lambda: gateway.save_card(
            customer_id=customer_id, source_id=card.source_id or "", key=card.save_key, reference=card.id
        )
    )


@retried
def _with_new_key(*, card_id: str) -> SavedCard:
    """The same card for another customer is another request; nothing was kept under the old one."""
    card = SavedCard.fetch(card_id)
    card.save_key = str(uuid4())
    with transact() as tx:
        tx.save(card)
    return card


@retried
def _record(*, card_id: str, outcome: Card | Declined) -> SavedCard:
    """Square's last word. A card whose payer was forgotten meanwhile is not kept after all."""
    card = SavedCard.fetch(card_id)
    if card.source_id is None and card.status is not CardStatus.REMOVED:
        return card  # answered before
    card.source_id = card.due_shard = card.due_at = None
    if isinstance(outcome, Declined):
        card.code = outcome.code
        if card.status is CardStatus.PENDING:
            card.status = CardStatus.REFUSED
    else:
        card.card_id, card.customer_id = outcome.gateway_id, outcome.customer_id
        if card.status is CardStatus.REMOVED:
            card.due_shard, card.due_at = shard_of(card.id), utc_now()
        else:
            card.status = CardStatus.ACTIVE
            show(card, outcome)
    with transact() as tx:
        tx.save(card)
    return card


def show(card: SavedCard, found: Card) -> None:
    """What a person knows the card by, as Square has it now."""
    card.brand, card.last4 = found.brand, found.last4
    card.exp_month, card.exp_year = found.exp_month, found.exp_year
    card.closed, card.gateway_version = found.closed, found.version


def _disable(card: SavedCard) -> SavedCard:
    if card.card_id is not None:
        square_id = card.card_id
        try:
            answer(lambda: gateway.disable_card(square_id))
        except Refused as refusal:
            if refusal.code != "NOT_FOUND":
                raise
    return _disabled(card_id=card.id)


@retried
def _disabled(*, card_id: str) -> SavedCard:
    card = SavedCard.fetch(card_id)
    card.due_shard = card.due_at = None
    with transact() as tx:
        tx.save(card)
    return card
