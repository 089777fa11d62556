"""Cards on file: replaced, removed, and what their banks do to them."""

from hypothesis import strategies as st

from bookings import services
from payments.cards.consent import VERSION
from payments.cards.using import list_cards, remove_card
from tests.bookings.far_ahead import token
from tests.payments.faults.acting import Acting
from tests.payments.faults.choices import Plot, any_one, deed, fates
from tests.payments.faults.points import Fate

DECLINES = ("INSUFFICIENT_FUNDS", "GENERIC_DECLINE", "CARD_EXPIRED", "APPROVE")


class KeepingCards(Acting):
    """For rides that are too far ahead to be held for."""

    @deed(
        3,
        Plot.CARDS,
        which=any_one,
        outcome=st.sampled_from(["ok", "ok", "declined", "insufficient-funds-later"]),
        fate=fates,
        follow=st.booleans(),
    )
    def replace_card(self, which: int, outcome: str, fate: Fate | None, follow: bool) -> None:
        booking = self.booking(which)
        self.do(
            lambda: services.replace_card(
                user=self.cast.concierge, booking_id=booking.id, source_id=token(outcome), consent=VERSION
            ),
            fate,
            follow,
        )

    @deed(1, Plot.CARDS, Plot.PRICES, which=any_one, fate=fates, follow=st.booleans())
    def remove_card(self, which: int, fate: Fate | None, follow: bool) -> None:
        kept = list_cards(payer_id=self.cast.concierge.id)
        if kept:
            id = kept[which % len(kept)].id
            self.do(lambda: remove_card(payer_id=self.cast.concierge.id, card_id=id), fate, follow)

    @deed(1, Plot.CARDS, which=any_one, decline=st.sampled_from(DECLINES))
    def bank_changes_card(self, which: int, decline: str) -> None:
        kept = [each for each in self.sandbox.cards() if each["enabled"]]
        if kept:
            self.world.moves += 1
            self.sandbox.steer_card(kept[which % len(kept)]["id"], decline=decline)
