"""Rides too far ahead to be held for, and the cards that pay for them."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

import time_machine

from atlas.errors import AtlasError
from bookings import services, tasks
from bookings.tables import Booking, Quote
from payments.cards.consent import VERSION
from payments.cards.saving import save_card
from payments.cards.tables import SavedCard
from payments.rules.types import PaymentMethod
from tests.bookings.stage import Cast, quoted, requested

FAR = 24 * 20
"""Hours."""


def now(booking: Booking) -> Any:
    """As it is stored; its optional attributes are whatever the test says."""
    return Booking.fetch(booking.id)


def sought(quote: Quote) -> Any:
    """The booking that a quote is for, as it is stored."""
    return Booking.fetch(quote.booking_id)


def token(outcome: str = "ok") -> str:
    return f"cnon:atlas-{outcome}-{uuid4()}"


def kept_card(cast: Cast, outcome: str = "ok") -> SavedCard:
    return save_card(payer_id=cast.concierge.id, source_id=token(outcome), consent=VERSION)


def take(cast: Cast, quote: Quote, **means: Any) -> Booking:
    return services.accept_quote(user=cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, **means)


def far_quote(cast: Cast, **changes: Any) -> Quote:
    return quoted(cast, requested(cast, **{"hours_ahead": FAR, **changes}))


def sold_far(cast: Cast, outcome: str = "ok", **changes: Any) -> Booking:
    """Sold by a card that was kept for it; `outcome` is what the card says when it is asked for the hold."""
    return take(cast, far_quote(cast, **changes), source_id=token(outcome), consent=VERSION)


def at(moment: datetime) -> Any:
    """`with at(booking.hold.ask_at):` for the clock of Atlas; Square has its own."""
    return time_machine.travel(moment, tick=True)


def tick(moment: datetime) -> None:
    """The periodic job runs at this time; what fails is tried again by its next run."""
    with at(moment), suppress(AtlasError):
        tasks.expire_due()


def asked(booking: Booking) -> Any:
    """When the card is due, it is asked; what was due before that is done first, a thing in each run."""
    due = now(booking).hold.ask_at
    tick(due)
    if now(booking).hold.ask_at == due:
        tick(due)
    return now(booking)
