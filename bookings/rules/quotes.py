"""How long a request waits, how long an offer holds, and which offer is the best value.

Prices are integer cents, ETAs minutes to the pick-up, ratings 0 to 5 stars.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bookings.rules.types import QuoteStatus

REQUEST_WAITS_AT_MOST = timedelta(hours=24)
REQUEST_WAITS_AT_LEAST = timedelta(minutes=15)
"""A ride wanted right now can be answered too: its pick-up time alone would leave nobody time to quote."""

QUOTE_LIVES = timedelta(minutes=30)
QUOTE_KEPT_AFTER_EXPIRY = timedelta(days=90)

PRICE_OF_A_MINUTE = Decimal("0.005")
"""Each minute to the pick-up weighs like half a percent of the price."""
PRICE_OF_A_STAR = Decimal("0.05")
"""Each star short of five weighs like five percent of the price."""
BEST_RATING = Decimal(5)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is compared of a quote."""

    id: str
    price: int
    eta: int
    rating: Decimal
    created_at: datetime


def request_deadline(*, created_at: datetime, pickup_at: datetime) -> datetime:
    """Until when operators may quote: a day, but not past the pick-up, and never less than 15 minutes."""
    deadline = min(created_at + REQUEST_WAITS_AT_MOST, pickup_at)
    return max(deadline, created_at + REQUEST_WAITS_AT_LEAST)


def quote_expires_at(*, created_at: datetime, deadline: datetime) -> datetime:
    """Half an hour, but an offer does not outlive the request it answers."""
    return min(created_at + QUOTE_LIVES, deadline)


def purge_at(expires_at: datetime) -> datetime:
    """When the store forgets a quote (its TTL attribute)."""
    return expires_at + QUOTE_KEPT_AFTER_EXPIRY


def is_acceptable(status: QuoteStatus, expires_at: datetime, *, now: datetime) -> bool:
    """A quote is over at `expires_at` itself, whether or not a job has written EXPIRED yet."""
    return status is QuoteStatus.PENDING and now < expires_at


def ranked(offers: Iterable[Offer]) -> list[Offer]:
    """Ascending by price; among equals the sooner car, then the better rated, then who was first."""
    return sorted(offers, key=_rank)


def effective_price(offer: Offer) -> Decimal:
    """The price with waiting and missing stars weighed in, in cents.

    price x (1 + 0.5 % x minutes) x (1 + 5 % x (5 - rating)): an offer that is better in one of the three
    and no worse in the others is always ahead.
    """
    waiting = 1 + PRICE_OF_A_MINUTE * max(0, offer.eta)
    missing_stars = max(Decimal(0), BEST_RATING - offer.rating)
    return offer.price * waiting * (1 + PRICE_OF_A_STAR * missing_stars)


def best_value(offers: Iterable[Offer]) -> str | None:
    """The id of the offer with the lowest effective price; equals are decided as in `ranked`."""
    best = min(offers, key=lambda offer: (effective_price(offer), _rank(offer)), default=None)
    return None if best is None else best.id


def _rank(offer: Offer) -> tuple[int, int, Decimal, datetime, str]:
    return offer.price, offer.eta, -offer.rating, offer.created_at, offer.id
