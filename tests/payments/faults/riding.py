"""Rides: asked for, sold, driven, called off."""

from typing import Any

from hypothesis import strategies as st

from atlas.dynamo.attributes import utc_now
from bookings import services
from bookings.rules.lifecycle import OPEN, BookingStatus
from bookings.rules.quotes import is_acceptable
from bookings.rules.types import CancellationCode
from bookings.tables import Booking, Quote
from payments.cards.consent import VERSION
from payments.cards.using import list_cards
from payments.rules.types import PaymentMethod
from tests.bookings.far_ahead import token
from tests.bookings.stage import CARD, DECLINED_CARD, ON_THE_ROAD, requested
from tests.payments.faults.acting import Acting
from tests.payments.faults.choices import Plot, any_one, deed, fates
from tests.payments.faults.points import Fate
from tests.payments.faults.world import PRICE

S = BookingStatus
FINISHED = (S.CANCELLED, S.EXPIRED, S.PAID)
MOST_RIDES = 3
HOURS_AHEAD = dict.fromkeys(Plot, (26.0, 75.0, 50.0)) | {Plot.CARDS: (24 * 12.0, 24 * 15.0, 24 * 10.0)}
"""Between now and the pick-ups: within Square's window for a hold, or far beyond; apart for one driver."""
LONG_RIDE = {"hours_ahead": 20.0, "duration_hours": 8, "duration_days": 9}
"""The hold that is taken at once ends on the way."""
LONG_RIDES = 0.3
LIMITS = (0, PRICE // 10, PRICE // 2, PRICE)
"""Extras that are agreed to before the ride."""
LATER = ("ok", "ok", "ok", "ok", "ok", "insufficient-funds-later", "declined-later", "expired-later")
"""What becomes of a card that was kept, once it is asked."""


class Riding(Acting):
    """What concierges, operators and drivers do in every plot."""

    @deed(
        2,
        Plot.RIDES,
        otherwise=1,
        which=any_one,
        good=st.sampled_from([True, True, False]),
        fate=fates,
        follow=st.booleans(),
    )
    def accept(self, which: int, good: bool, fate: Fate | None, follow: bool) -> None:
        booking = self.booking(which)
        with self.world.now():
            quotes = list(Quote.booking_index.query(booking.id))
            found = [each.id for each in quotes if is_acceptable(each.status, each.expires_at, now=utc_now())]
        if not found and not self.world.do(lambda: found.append(self.offer(booking).id)):
            return
        means = self.means(booking, good)
        self.do(lambda: services.accept_quote(user=self.cast.concierge, quote_id=found[0], **means), fate, follow)

    @deed(
        2,
        Plot.RIDES,
        otherwise=1,
        which=any_one,
        stages=st.sampled_from([6, 6, 3, 1]),
        fate=fates,
        follow=st.booleans(),
    )
    def drive(self, which: int, stages: int, fate: Fate | None, follow: bool) -> None:
        self.do(lambda: self.drive_on(self.booking(which).id, stages), fate, follow)

    @deed(
        3,
        Plot.RIDES,
        otherwise=1,
        which=any_one,
        who=st.sampled_from(["concierge", "concierge", "owner", "admin"]),
        code=st.sampled_from([CancellationCode.CLIENT_REQUEST, CancellationCode.NO_SHOW]),
        fate=fates,
        follow=st.booleans(),
    )
    def cancel(self, which: int, who: str, code: CancellationCode, fate: Fate | None, follow: bool) -> None:
        self.do(
            lambda: services.cancel(
                user=self.cast.user(who), booking_id=self.booking(which).id, code=code, reason="Plans changed"
            ),
            fate,
            follow,
        )

    @deed(1, which=any_one)
    def request(self, which: int) -> None:
        """Another ride, once one is over."""
        if self.booking(which).status in FINISHED and len(self.world.bookings) < MOST_RIDES:
            self.world.do(self.ask_for_ride)

    # Parts of the above

    def ask_for_ride(self) -> None:
        number = len(self.world.bookings)
        wanted: dict[str, Any] = {"hours_ahead": HOURS_AHEAD[self.plot][number]}
        if self.plot is Plot.CARDS and number == 0 and self.random().random() < LONG_RIDES:
            wanted = LONG_RIDE
        self.world.bookings.append(requested(self.cast, **wanted).id)

    def drive_to_the_end(self, which: int, fate: Fate | None, follow: bool) -> None:
        self.drive(which, len(ON_THE_ROAD) + 1, fate, follow)

    def is_open(self, which: int) -> bool:
        return self.booking(which).status in OPEN

    def means(self, booking: Booking, good: bool) -> dict[str, Any]:
        """By what the concierge pays."""
        luck = self.random()
        if self.plot is Plot.ACCOUNT and luck.random() < 0.9:
            return {"method": luck.choice([PaymentMethod.INVOICE, PaymentMethod.INVOICE, PaymentMethod.WIRE])}
        by_card: dict[str, Any] = {"method": PaymentMethod.CARD}
        if self.plot is Plot.PRICES:
            by_card["extras_limit"] = self.wishes.limits.setdefault(booking.id, luck.choice(LIMITS))
        if self.plot is Plot.CARDS or (self.plot is Plot.PRICES and luck.random() < 0.7):
            kept = list_cards(payer_id=self.cast.concierge.id)
            if kept and good and luck.random() < 0.3:
                return by_card | {"card_id": luck.choice(kept).id}
            return by_card | {"source_id": token(self.outcome(good)), "consent": VERSION}
        return by_card | {"source_id": CARD if good else DECLINED_CARD}

    def outcome(self, good: bool) -> str:
        """Of a token for a card that is to be kept."""
        if not good:
            return "declined"
        return self.random().choice(LATER) if self.plot is Plot.CARDS else "ok"
