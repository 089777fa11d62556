"""Disputes: a card's holder wants the money back, and the bank decides."""

from hypothesis import strategies as st

from tests.payments.faults.acting import Acting
from tests.payments.faults.choices import Plot, any_one, deed
from tests.payments.faults.looking import cents

OPEN = ("EVIDENCE_REQUIRED", "PROCESSING")


class Disputing(Acting):
    """All of it happens at Square: we hear of it."""

    @deed(5, Plot.DISPUTES, which=any_one, share=st.sampled_from([100, 100, 40]))
    def dispute(self, which: int, share: int) -> None:
        """Of what was neither given back nor disputed before: more no bank takes."""
        taken = self.sandbox.payments(status="COMPLETED")
        if not taken:
            self.go_on(which, None, True)
            return
        payment = taken[which % len(taken)]
        against = [each for each in self.sandbox.disputes() if each["state"] != "WON"]
        back = [each for each in self.sandbox.refunds() if each["status"] in ("PENDING", "COMPLETED")]
        left = cents(payment) - sum(
            cents(each, "amount_money")
            for each in (*against, *back)
            if payment["id"] in (each.get("payment_id"), each.get("disputed_payment", {}).get("payment_id"))
        )
        if left > 0:
            self.world.moves += 1
            self.wishes.disputed = True
            self.sandbox.dispute(payment["id"], amount=max(1, left * share // 100))

    @deed(4, Plot.DISPUTES, which=any_one, state=st.sampled_from(["WON", "LOST", "ACCEPTED", "PROCESSING"]))
    def decide(self, which: int, state: str) -> None:
        waiting = [each for each in self.sandbox.disputes() if each["state"] in OPEN]
        if not waiting:
            self.dispute(which, 40)
            return
        self.world.moves += 1
        self.sandbox.decide_dispute(waiting[which % len(waiting)]["id"], state)
