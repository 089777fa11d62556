"""What staff do to payments by hand, whatever the plot."""

from hypothesis import strategies as st

from payments import services as payments
from tests.payments.faults.acting import Acting
from tests.payments.faults.choices import Plot, any_one, deed, fates, shares
from tests.payments.faults.points import Fate


class Staffing(Acting):
    """Captures, voids and refunds past the story of the ride."""

    @deed(2, Plot.RIDES, otherwise=1, which=any_one, share=shares, fate=fates, follow=st.booleans())
    def capture(self, which: int, share: int, fate: Fate | None, follow: bool) -> None:
        row = self.payment(which)
        if row is not None:
            amount = row.amount * share // 100
            self.wishes.captures.setdefault(row.id, set()).add(amount)
            self.wishes.touched.add(row.reference)
            self.do(lambda: payments.capture(transaction_id=row.id, amount=amount), fate, follow)

    @deed(2, Plot.RIDES, otherwise=1, which=any_one, fate=fates, follow=st.booleans())
    def void(self, which: int, fate: Fate | None, follow: bool) -> None:
        row = self.payment(which)
        if row is not None:
            self.wishes.touched.add(row.reference)
            self.do(lambda: payments.void(transaction_id=row.id), fate, follow)

    @deed(2, Plot.RIDES, otherwise=1, which=any_one, share=shares, fate=fates, follow=st.booleans())
    def refund(self, which: int, share: int, fate: Fate | None, follow: bool) -> None:
        row = self.payment(which, taken=True)
        if row is not None:
            self.wishes.clicks.append((row.id, row.amount * share // 100, f"click {len(self.wishes.clicks)}"))
            self.wishes.touched.add(row.reference)
            self.click(len(self.wishes.clicks) - 1, fate, follow)

    @deed(2, Plot.RIDES, otherwise=1, which=any_one, fate=fates, follow=st.booleans())
    def click_again(self, which: int, fate: Fate | None, follow: bool) -> None:
        """The same refund, sent once more."""
        if self.wishes.clicks:
            self.click(which % len(self.wishes.clicks), fate, follow)

    def click(self, which: int, fate: Fate | None, follow: bool) -> None:
        id, amount, click = self.wishes.clicks[which]
        self.do(
            lambda: payments.refund(transaction_id=id, amount=amount, reason=click, request_key=click), fate, follow
        )
