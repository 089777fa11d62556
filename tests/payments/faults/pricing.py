"""The final price and tips: announced, stated, approved, refused, given."""

from hypothesis import strategies as st

from bookings import services
from payments.cards.using import list_cards
from tests.bookings.stage import CARD, DECLINED_CARD
from tests.payments.faults.acting import Acting
from tests.payments.faults.choices import Plot, any_one, deed, fates
from tests.payments.faults.points import Fate
from tests.payments.faults.world import PRICE

PER_CENT = (50, 90, 100, 105, 140, 160, 200, 260)
"""Of the agreed price."""
TIPS = (500, 2_000, 10_000, 20_000)
"""The last one is too much."""
OF_PRICES = (Plot.PRICES,)


class Pricing(Acting):
    """What operator and concierge make of a ride once it is driven."""

    @deed(2, *OF_PRICES, which=any_one, fate=fates, follow=st.booleans())
    def announce(self, which: int, fate: Fate | None, follow: bool) -> None:
        booking = self.booking(which)
        self.do(lambda: services.announce_price(user=self.cast.owner, booking_id=booking.id), fate, follow)

    @deed(5, *OF_PRICES, which=any_one, share=st.sampled_from(PER_CENT), fate=fates, follow=st.booleans())
    def state_price(self, which: int, share: int, fate: Fate | None, follow: bool) -> None:
        booking = self.driven(which)
        if booking is None:
            self.go_on(which, fate, follow)
            return
        self.do(
            lambda: services.state_price(
                user=self.cast.owner, booking_id=booking, price=PRICE * share // 100, reason="Waited"
            ),
            fate,
            follow,
        )

    @deed(5, *OF_PRICES, which=any_one, good=st.sampled_from([True, True, False]), fate=fates, follow=st.booleans())
    def approve(self, which: int, good: bool, fate: Fate | None, follow: bool) -> None:
        """What the concierge sees is what they agree to."""
        asked = [each for each in self.bookings(which) if each.final is not None and each.final.beyond]
        if not asked:
            self.state_price(which, 200, fate, follow)
            return
        booking, card = asked[0], self.card(good)
        self.wishes.approved.setdefault(booking.id, set()).add(booking.final.beyond)
        self.do(lambda: services.approve_extras(user=self.cast.concierge, booking_id=booking.id, **card), fate, follow)

    @deed(1, *OF_PRICES, which=any_one, fate=fates, follow=st.booleans())
    def refuse(self, which: int, fate: Fate | None, follow: bool) -> None:
        booking = self.driven(which)
        if booking is None:
            self.go_on(which, fate, follow)
            return
        self.do(
            lambda: services.refuse_extras(user=self.cast.concierge, booking_id=booking, reason="Nobody waited"),
            fate,
            follow,
        )

    @deed(
        4,
        *OF_PRICES,
        which=any_one,
        amount=st.sampled_from(TIPS),
        good=st.sampled_from([True, True, False]),
        fate=fates,
        follow=st.booleans(),
    )
    def tip(self, which: int, amount: int, good: bool, fate: Fate | None, follow: bool) -> None:
        booking, card = self.driven(which), self.card(good)
        if booking is None:
            self.go_on(which, fate, follow)
            return
        self.wishes.tips.setdefault(booking, set()).add(amount)
        self.do(lambda: services.tip(user=self.cast.concierge, booking_id=booking, amount=amount, **card), fate, follow)

    # Parts of the above

    def driven(self, which: int) -> str | None:
        """A ride that took place."""
        return next((str(each.id) for each in self.bookings(which) if each.completed_at is not None), None)

    def card(self, good: bool) -> dict[str, str]:
        """One on file, or a token."""
        luck = self.random()
        kept = list_cards(payer_id=self.cast.concierge.id)
        if kept and luck.random() < 0.4:
            return {"card_id": luck.choice(kept).id}
        return {"source_id": CARD if good else DECLINED_CARD}
