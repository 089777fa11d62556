"""What the demo's people do about money once everything is written: by the services, as anybody would.

A card is kept and pays for a ride that is weeks ahead; operators are paid out, by two persons, and one transfer waits
for the second; a final price waits for its answer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

import bookings.services
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from bookings.demo.cast import COMPANIES, CONCIERGES, STAFF, demo_id
from bookings.demo.items import Ride
from bookings.demo.market import Market
from bookings.rules.final_price import STATE_WITHIN
from bookings.rules.lifecycle import BookingStatus
from payments.cards.consent import VERSION
from payments.cards.saving import save_card
from payments.ledger import balances
from payments.ledger.kinds import Account
from payments.payouts import services as payouts
from payments.payouts.rules import payable

FAR = timedelta(days=24)
WAITED = 3_600
"""Cents beyond the agreed price."""
PAYER = CONCIERGES[0][0]
COMPANY = COMPANIES[0].key
FINANCE = next(key for key, _, role in STAFF if role == "FINANCE")
SECOND = next(key for key, _, role in STAFF if role == "SUPERUSER")

log = structlog.get_logger(__name__)


def settle_the_demo(rides: Sequence[Ride], now: datetime) -> None:
    """Each by itself: what cannot be done with the stories of this start is left out."""
    for step in (book_far_ahead, pay_out, lambda: ask_for_more(rides, now)):
        try:
            step()
        except AtlasError as refused:
            log.warning("demo_step_left_out", step=getattr(step, "__name__", "ask_for_more"), code=refused.code)


def book_far_ahead() -> None:
    """Visitors see a card in their account, and a ride that counts on it."""
    card = save_card(payer_id=demo_id(PAYER), source_id="cnon:card-nonce-ok", consent=VERSION)
    Market(seed=24).sell_ahead(FAR, concierge=PAYER, company_key=COMPANY, card_id=card.id)


def pay_out() -> None:
    """Most of the operator's own share is paid; a part of its drivers' waits to be confirmed."""
    finance, second = User.fetch(demo_id(FINANCE)), User.fetch(demo_id(SECOND))
    operator_id = demo_id(COMPANY)
    for account, share, is_confirmed in ((Account.OPERATOR, 60, True), (Account.DRIVER, 25, False)):
        sums = balances.of_operator(operator_id).get("USD", {})
        amount = payable(sums).get(account, 0) * share // 100
        row = payouts.record(
            user=finance,
            operator_id=operator_id,
            account=account,
            amount=amount,
            currency="USD",
            bank_reference=f"DEMO PAYOUT {account.upper()}",
            value_on=utc_now().date() - timedelta(days=1),
        )
        if is_confirmed:
            payouts.confirm(user=second, operator_id=operator_id, sequence=row.sequence)


def ask_for_more(rides: Sequence[Ride], now: datetime) -> None:
    """The newest ride of the visitor's that may still be priced anew took longer than agreed."""
    fresh = [
        ride
        for ride in rides
        if ride.story.concierge == PAYER
        and ride.booking.status is BookingStatus.PAID
        and ride.offer is not None
        and ride.booking.completed_at > now - STATE_WITHIN
    ]
    for ride in sorted(fresh, key=lambda each: each.booking.completed_at, reverse=True)[:1]:
        bookings.services.state_price(
            user=User.fetch(demo_id(f"user.{ride.offer.company.key}" if ride.offer else "")),
            booking_id=ride.id,
            price=int(ride.booking.final_price or 0) + WAITED,
            reason="40 minutes of waiting",
        )
