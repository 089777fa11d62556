"""A run: Square's payments, ours, Square's refunds, what is owed, disputes, what was open before; page by page, from a
checkpoint on.

Lists are only where suspicion comes from: they lag, and both sides go on meanwhile. What does not agree at once is
looked at again by itself (`looking.look`), so a row of the table is a difference that was there a moment ago on both
sides. What follows a checkpoint may be done twice: a finding is one row however often it is found.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.shards import all_shards
from payments import gateway, operations, selectors
from payments.gateway import Payment, Refund
from payments.reconciling.comparing import REFUND_STATES, Finding, compare
from payments.reconciling.disputes import unnoted
from payments.reconciling.invoicing import may_differ
from payments.reconciling.keeping import keep
from payments.reconciling.looking import Subject, look, our_id, twins_of
from payments.reconciling.mending import look_again, mend
from payments.reconciling.period import Period
from payments.reconciling.tables import PaymentDifference
from payments.reconciling.totals import Totals
from payments.rules.differences import DifferenceStatus
from payments.tables import PaymentTransaction

T = TypeVar("T", Payment, Refund)
Checkpoint = Callable[[Mapping[str, Any]], None]

PAGE = 100
SLACK = timedelta(minutes=5)
"""Our clock and Square's, and the time between our row and Square's payment: looked beyond either end of a page."""


class Walk:
    """One run. `state` is where another one stopped ({} at the beginning), `checkpoint` keeps it, once per page."""

    def __init__(
        self, period: Period, *, run_id: str, mending: bool, state: Mapping[str, Any], checkpoint: Checkpoint
    ) -> None:
        self.totals = Totals(state.get("totals"))
        self._period, self._run_id, self._mending, self._checkpoint = period, run_id, mending, checkpoint
        self._stage, self._at = int(state.get("stage", 0)), state.get("at")
        self._pages = int(state.get("pages", 0))
        self._seen: set[Subject] = set()

    def go(self) -> None:
        """To the end. Raises `Unavailable` or `OutcomeUnknown` when a side is away: go on from the checkpoint later."""
        stages = (self._theirs, self._ours, self._refunds, self._owed, self._disputes, self._open)
        for number in range(self._stage, len(stages)):
            self._stage = number
            for position in stages[number]():
                self._at = position
                self._keep_place()
            self._stage, self._at = number + 1, None
            self._keep_place()

    def _keep_place(self) -> None:
        self._seen.clear()
        self._pages += 1
        self._checkpoint(
            {"stage": self._stage, "at": self._at, "pages": self._pages, "totals": dict(self.totals.state)}
        )

    # The stages: each yields where it is, after each page.

    def _theirs(self) -> Iterator[Any]:
        """Every payment at Square that bears our mark has a row that says the same."""
        for page, position in self._listed(gateway.payments_between):
            ours = [(payment, id) for payment in page if (id := our_id(payment)) is not None]
            rows = get_many(*((PaymentTransaction, id) for _, id in ours))
            for (payment, id), row in zip(ours, rows, strict=True):
                self.totals.count_payment(payment)
                if row is None or not agrees(row, payment):
                    self._look(Subject(id, payment.gateway_id))
            yield position

    def _ours(self) -> Iterator[Any]:
        """Every row of ours has its payment at Square, and nothing else pays for the same."""
        cursor = self._at
        while True:
            page = selectors.of_period(self._period.first, self._period.last, cursor=cursor, limit=PAGE)
            theirs = payments_of(page.items)
            for row in page.items:
                self.totals.count_row(row)
                if row.is_owed:
                    continue  # all of these are looked at below
                if not agrees(row, theirs.get(row.payment_gateway_id or "")) or twins_of(row):
                    self._look(Subject(row.id, row.payment_gateway_id))
            if page.next is None:
                return
            cursor = page.next
            yield cursor

    def _refunds(self) -> Iterator[Any]:
        """Every refund at Square is known here; those of payments that are none of ours are passed over."""
        for page, position in self._listed(gateway.refunds_between):
            for refund in page:
                row = payment_of(refund)
                if row is None:
                    continue
                self.totals.count_refund(refund)
                operation = operations.refund_by_gateway(row, refund.gateway_id)
                known = operation is not None and operation.amount == refund.amount
                if not known or operation.state is not REFUND_STATES[refund.status]:  # type: ignore[union-attr]
                    self._look(Subject(row.id, refund.payment_id))
            yield position

    def _owed(self) -> Iterator[Any]:
        """Every invoice that somebody owes, whenever it was sold: it is paid weeks later, by no payment of ours."""
        shard, position = self._at or (0, None)
        for number in range(shard, len(all_shards())):
            while True:
                found = PaymentTransaction.owed_index.query(
                    all_shards()[number], limit=PAGE, page_size=PAGE, last_evaluated_key=position
                )
                for key in list(found):
                    self._look(Subject(key.id, None))
                position = found.last_evaluated_key
                if position is None:
                    break
                yield [number, position]
            yield [number + 1, None]

    def _disputes(self) -> Iterator[Any]:
        """Every dispute at Square is noted as it stands."""
        for finding in unnoted(self._period):
            self._keep(finding)
        yield from ()

    def _open(self) -> Iterator[Any]:
        """What was open and was not seen by this run: it may agree by now, of itself."""
        position = self._at
        while True:
            found = PaymentDifference.status_index.query(
                DifferenceStatus.OPEN, limit=PAGE, page_size=PAGE, last_evaluated_key=position
            )
            for row in get_many(*((PaymentDifference, key.id) for key in list(found))):
                if row is not None and row.run_id != self._run_id:
                    again = look_again(difference_id=row.id)
                    if self._mending and again.status is DifferenceStatus.OPEN:
                        mend(user=None, difference_id=row.id)
            position = found.last_evaluated_key
            if position is None:
                return
            yield position

    def _look(self, subject: Subject) -> None:
        """At most once per page; each difference is kept, and mended where that is wished and can be."""
        if subject in self._seen:
            return
        self._seen.add(subject)
        for finding in look(subject, utc_now()):
            self._keep(finding)

    def _keep(self, finding: Finding) -> None:
        row = keep(finding, self._run_id)
        if self._mending and row.status is DifferenceStatus.OPEN and finding.mend.by_itself:
            mend(user=None, difference_id=row.id)

    def _listed(self, between: Callable[[datetime, datetime], Iterator[T]]) -> Iterator[tuple[list[T], Any]]:
        """Pages of a list of Square's, each with its position: the time of its last one, and which ones had it.

        Square's own cursors do not live long; a time does.
        """
        begin, passed = self._period.begin, frozenset[str]()
        if self._at is not None:
            begin, passed = datetime.fromisoformat(self._at[0]), frozenset(self._at[1])
        end = self._period.end(utc_now())
        if begin > end:
            return
        found = (each for each in between(begin, end) if each.gateway_id not in passed)
        while page := list(islice(found, PAGE)):
            last = page[-1].created_at or begin
            same = [each.gateway_id for each in page if each.created_at == last]
            if last == begin:
                same += passed
            begin, passed = last, frozenset(same)
            yield page, [last.isoformat(), sorted(passed)]


def agrees(row: PaymentTransaction, payment: Payment | None) -> bool:
    """As far as lists say. Refunds and invoices are not in them: a payment with any is looked at."""
    if may_differ(row):
        return False
    if payment is None:
        return not row.payment_gateway_id and not compare(row, None, (), utc_now())
    if row.payment_gateway_id != payment.gateway_id or payment.refund_ids or row.refunds:
        return False
    return not compare(row, payment, (), utc_now())


def payments_of(rows: Sequence[PaymentTransaction]) -> Mapping[str, Payment]:
    """Square's payments of these rows, by Square's id, from a list of about their time; what is not in it is absent."""
    wanted = {row.payment_gateway_id for row in rows if row.payment_gateway_id}
    if not wanted:
        return {}
    times = [row.created_at for row in rows]
    listed: Iterable[Payment] = gateway.payments_between(min(times) - SLACK, min(max(times) + SLACK, utc_now()))
    return {payment.gateway_id: payment for payment in listed if payment.gateway_id in wanted}


def payment_of(refund: Refund) -> PaymentTransaction | None:
    """The row whose payment it gives back. Two reads."""
    found = next(iter(PaymentTransaction.gateway_index.query(refund.payment_id, limit=1)), None)
    return PaymentTransaction.find(found.id) if found is not None else None
