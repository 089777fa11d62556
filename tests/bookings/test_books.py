"""Whose a payment is, found again from its sale: the same split that it was opened with."""

import pytest

from bookings.books import split_of
from bookings.tables import Booking
from payments.ledger.splits import in_proportion
from payments.tables import PaymentTransaction
from tests.bookings.looking import now
from tests.bookings.stage import Cast, accepted

pytestmark = pytest.mark.usefixtures("sandbox")


def payment_of(booking: Booking) -> PaymentTransaction:
    return PaymentTransaction.fetch(booking.transaction_id)


def test_the_split_of_a_sale_is_found_again(cast: Cast) -> None:
    row = payment_of(now(accepted(cast)))
    found = split_of(row)
    assert row.split is not None
    assert found is not None
    assert found.attribute_values == row.split.attribute_values
    assert found.total == row.amount


def test_more_than_the_price_is_shared_as_the_ride_is(cast: Cast) -> None:
    row = payment_of(now(accepted(cast)))
    row.operations[0].amount = 3_333
    found = split_of(row)
    assert found is not None
    assert found.total == 3_333
    assert found.attribute_values == in_proportion(row.split, 3_333).attribute_values


def test_nobody_knows_whose_it_is_without_its_booking(cast: Cast) -> None:
    booking = now(accepted(cast))
    row = payment_of(booking)
    booking.delete()
    assert split_of(row) is None
