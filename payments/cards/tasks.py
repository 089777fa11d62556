"""What Square has not answered about a card: found by the due index, finished by its key."""

from datetime import timedelta

import structlog
from celery import shared_task

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from atlas.errors import AtlasError
from atlas.shards import all_shards
from payments.cards.saving import settle_card
from payments.cards.tables import SavedCard

log = structlog.get_logger(__name__)

BATCH = 50
"""At most so many of each shard in one run; the next run takes the rest."""
PAUSE = timedelta(minutes=5)


@shared_task
def settle_due_cards() -> None:
    """Every card that was asked for, or removed, and not answered in time; each by itself."""
    now = utc_now()
    for shard in all_shards():
        for key in SavedCard.due_index.query(shard, SavedCard.due_at <= now, limit=BATCH):
            try:
                settle_card(card_id=key.id)
            except AtlasError as refused:
                log.warning("card_not_settled", card_id=key.id, code=refused.code)
                _postpone(key.id)
            except Exception:
                log.exception("card_settling_failed", card_id=key.id)
                _postpone(key.id)


def _postpone(card_id: str) -> None:
    card = SavedCard.find(card_id, consistent=True)
    if card is not None and card.due_at is not None:
        card.due_at = utc_now() + PAUSE
        try:
            with transact() as tx:
                tx.save(card)
        except AtlasError:  # somebody is at work on it
            log.info("card_not_postponed", card_id=card_id)
