"""Numbers of receipts: given once, with the payment, without a gap, whatever happens at once or in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, transact
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.receipts import receipt
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.receipt_number import series_of
from bookings.rules.types import CancellationCode, PaymentStatus
from bookings.services import numbering
from bookings.tables import Booking
from bookings.tables.receipts import ReceiptNumber
from fleet.rules.operator_code import operator_code
from payments import services as payments
from payments.tables import PaymentTransaction
from tests.bookings.looking import later, now
from tests.bookings.stage import Cast, accepted, driven

pytestmark = [pytest.mark.usefixtures("sandbox"), pytest.mark.slow]
S = BookingStatus
AT_ONCE = 20


def register(cast: Cast) -> list[ReceiptNumber]:
    """All that the operator has given, in order."""
    years = {now_year() - 1, now_year(), now_year() + 1}
    return [
        row
        for year in sorted(years)
        for row in ReceiptNumber.query(series_of(cast.operator.id, year), consistent_read=True)
    ]


def now_year() -> int:
    return utc_now().year


def copies(booking: Booking, count: int) -> list[str]:
    """Bookings like this one that are waiting to be told that their money was taken; they share its payment."""
    ids = []
    for number in range(count):
        copy = Booking.fetch(booking.id)
        copy.id = f"{booking.id[:-4]}{number:04}"
        copy.status, copy.payment_status = S.COMPLETED, PaymentStatus.AUTHORIZED
        copy.receipt_number = copy.receipted_at = None
        with transact() as tx:
            tx.create(copy)
        ids.append(copy.id)
    return ids


def at_once(deeds: list[Callable[[], object]]) -> None:
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        start.wait(timeout=30)
        deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(run, deeds))


def test_the_first_ones_of_an_operator(cast: Cast) -> None:
    first, second = driven(cast, S.COMPLETED), driven(cast, S.COMPLETED, hours_ahead=90)
    rows = register(cast)
    assert [(row.sequence, row.booking_id) for row in rows] == [(1, first.id), (2, second.id)]
    assert [row.number for row in rows] == [now(first).receipt_number, now(second).receipt_number]
    assert rows[0].number.startswith(f"{operator_code(cast.operator.id)}-")


def test_twenty_rides_that_are_paid_at_the_same_instant(cast: Cast) -> None:
    ids = copies(driven(cast, S.COMPLETED), AT_ONCE)
    at_once([partial(services.follow_payment, booking_id=id) for id in ids])
    rows = register(cast)
    assert [row.sequence for row in rows] == list(range(1, AT_ONCE + 2))
    assert {row.booking_id for row in rows[1:]} == set(ids)
    for row in rows[1:]:
        booking = Booking.fetch(row.booking_id)
        assert (booking.status, booking.receipt_number) == (S.PAID, row.number)


def test_twenty_who_tell_of_one_payment(cast: Cast) -> None:
    (id,) = copies(driven(cast, S.COMPLETED), 1)
    at_once([lambda: services.follow_payment(booking_id=id)] * AT_ONCE)
    assert [row.booking_id for row in register(cast)].count(id) == 1
    assert len(register(cast)) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_is_cut_off_leaves_neither_a_gap_nor_a_second_number(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The process ends around the one write that there is: all of it holds, or nothing of it."""
    first, second = copies(driven(cast, S.COMPLETED), 2)
    commit = Transaction.commit

    def cut_off(transaction: Transaction) -> None:
        if moment == "after":
            commit(transaction)
        raise KeyboardInterrupt

    monkeypatch.setattr(Transaction, "commit", cut_off)
    with pytest.raises(KeyboardInterrupt):
        services.follow_payment(booking_id=first)
    monkeypatch.setattr(Transaction, "commit", commit)
    assert len(register(cast)) == (2 if moment == "after" else 1)
    assert (Booking.fetch(first).receipt_number is not None) == (moment == "after")
    services.follow_payment(booking_id=second)
    services.follow_payment(booking_id=first)
    rows = register(cast)
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert {row.booking_id for row in rows[1:]} == {first, second}


def test_a_fee_has_its_number_and_a_free_cancellation_none(cast: Cast) -> None:
    free, late = accepted(cast), accepted(cast, hours_ahead=2)
    for booking in (free, late):
        with later(hours=1.5):
            services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Late")
    assert [row.booking_id for row in register(cast)] == [late.id]
    assert now(free).receipt_number is None


def test_a_refund_keeps_the_number(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.COMPLETED)
    number = now(booking).receipt_number
    services.cancel(user=cast.admin, booking_id=booking.id, code=CancellationCode.OTHER, reason="Goodwill")
    row = PaymentTransaction.fetch(booking.transaction_id)
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    payments.follow_refund(transaction_id=row.id, key=row.refunds[0].key)
    assert now(booking).payment_status is PaymentStatus.REFUNDED
    assert now(booking).receipt_number == number
    assert len(register(cast)) == 1


def test_one_that_was_paid_before_there_were_numbers(cast: Cast) -> None:
    """It gets its own when it is first asked for, by several at once, and keeps it."""
    (id,) = copies(driven(cast, S.COMPLETED), 1)
    old = Booking.fetch(id)
    old.status, old.payment_status, old.sold = S.PAID, PaymentStatus.CAPTURED, None
    old.save()
    at_once([lambda: receipt(user=cast.concierge, booking_id=id)] * 5)
    found = receipt(user=cast.concierge, booking_id=id)
    assert (found.number, found.price.total) == (Booking.fetch(id).receipt_number, 21_000)
    assert [row.booking_id for row in register(cast)].count(id) == 1
    assert not numbering.is_due(Booking.fetch(id))
