"""Rides on account: invoices that are paid on Square's page, and bank transfers that two of finance see."""

from typing import Any

from hypothesis import strategies as st

from atlas.dynamo.attributes import utc_now
from payments.billing import accounts, following, wires
from payments.billing.rules import WireState
from payments.gateway.invoices import OWED
from payments.tables import PaymentTransaction
from tests.payments.faults.acting import Acting
from tests.payments.faults.choices import Plot, any_one, deed, fates
from tests.payments.faults.points import Fate
from tests.payments.faults.world import PRICE

CREDITS = (PRICE * 3 // 2, PRICE * 3)
"""For one ride at a time, or for all."""


class Billing(Acting):
    """What payers, their banks and finance do."""

    def lend(self) -> None:
        """The concierge pays after the rides from now on."""
        self.wishes.credit = self.random().choice(CREDITS)
        accounts.request_account(
            user=self.cast.concierge,
            company_name="Grand Hotel",
            address="1 Park Avenue\nNew York",
            email="books@hotel.example",
        )
        accounts.approve(
            user=self.finance[0], account_id=self.cast.concierge.id, terms_days=14, credit_limit=self.wishes.credit
        )

    @deed(4, Plot.ACCOUNT, which=any_one)
    def pay_invoice(self, which: int) -> None:
        open_ones = [each for each in self.sandbox.invoices() if each["status"] in OWED]
        if not open_ones:
            self.go_on(which, None, True)
            return
        self.world.moves += 1
        self.sandbox.pay_invoice(open_ones[which % len(open_ones)]["id"])

    @deed(4, Plot.ACCOUNT, which=any_one, share=st.sampled_from([100, 100, 50]), fate=fates, follow=st.booleans())
    def record_wire(self, which: int, share: int, fate: Fate | None, follow: bool) -> None:
        """A transfer is on the bank's statement: of an invoice, or of a refund that was sent."""
        rows = [row for row in self.rows(which) if left_of(row) or wires.refunds_to_send(row)]
        if not rows:
            self.go_on(which, fate, follow)
            return
        row, transfer = rows[0], self.transfer()
        if row.is_owed:
            amount = max(1, left_of(row) * share // 100)
            self.do(lambda: wires.record_payment(transaction_id=row.id, amount=amount, **transfer), fate, follow)
        else:
            key = wires.refunds_to_send(row)[0].key
            self.do(lambda: wires.record_refund(transaction_id=row.id, refund_key=key, **transfer), fate, follow)

    @deed(5, Plot.ACCOUNT, which=any_one, who=st.integers(0, 1), fate=fates, follow=st.booleans())
    def confirm_wire(self, which: int, who: int, fate: Fate | None, follow: bool) -> None:
        self.decide_wire(wires.confirm, which, who, fate, follow)

    @deed(1, Plot.ACCOUNT, which=any_one, who=st.integers(0, 1), fate=fates, follow=st.booleans())
    def reject_wire(self, which: int, who: int, fate: Fate | None, follow: bool) -> None:
        self.decide_wire(wires.reject, which, who, fate, follow)

    @deed(1, Plot.ACCOUNT, which=any_one, fate=fates, follow=st.booleans())
    def call_off(self, which: int, fate: Fate | None, follow: bool) -> None:
        """Finance: nobody has to pay it any more."""
        rows = [row for row in self.rows(which) if row.is_owed]
        if rows:
            self.wishes.touched.add(rows[0].reference)
            self.do(lambda: following.call_off(transaction_id=rows[0].id), fate, follow)

    # Parts of the above

    def rows(self, which: int) -> list[PaymentTransaction]:
        """Payments, those of one booking first."""
        keys = (each for booking in self.bookings(which) for each in PaymentTransaction.booking_index.query(booking.id))
        return [PaymentTransaction.fetch(each.id) for each in keys]

    def transfer(self) -> dict[str, Any]:
        self.wishes.references += 1
        reference = f"{self.world.bookings[0]} {self.wishes.references}"
        with self.world.now():
            return {"user": self.finance[0], "bank_reference": reference, "value_on": utc_now().date()}

    def decide_wire(self, how: Any, which: int, who: int, fate: Fate | None, follow: bool) -> None:
        found = [
            (row.id, each.id) for row in self.rows(which) for each in row.wires if each.state is WireState.RECORDED
        ]
        if not found:
            self.record_wire(which, 100, fate, follow)
            return
        id, wire_id = found[0]
        self.do(lambda: how(user=self.finance[who], transaction_id=id, wire_id=wire_id), fate, follow)


def left_of(row: PaymentTransaction) -> int:
    """Cents of an invoice that no transfer is recorded for."""
    came = sum(each.amount for each in row.wires if each.state is not WireState.REJECTED)
    return row.amount - came if row.is_owed else 0
