"""What a bank does to a card by itself: another expiry or number, an account that is closed, or it is disabled."""

import structlog

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from payments.cards.saving import show
from payments.cards.tables import SavedCard
from payments.events import CardRemoved
from payments.gateway import Card
from payments.rules.cards import CardStatus

log = structlog.get_logger(__name__)

NEWS = frozenset({"card.automatically_updated", "card.updated", "card.disabled"})
"""Webhooks that tell of a card which is kept. `card.created` tells nothing that its answer did not."""


def follow_card(tx: Transaction, found: Card) -> None:
    """Bring our card to where Square has it. Older news, and cards that are not ours, change nothing."""
    card = SavedCard.find(found.reference, consistent=True) if found.reference else None
    if card is None or card.card_id != found.gateway_id:
        log.info("webhook_of_another_card", gateway_id=found.gateway_id)
    elif card.status is CardStatus.ACTIVE and found.version > card.gateway_version:
        show(card, found)
        if not found.enabled:
            card.status, card.removed_at = CardStatus.REMOVED, utc_now()
            outbox.add(tx, CardRemoved(card.id, card.payer_id))
        tx.save(card)
