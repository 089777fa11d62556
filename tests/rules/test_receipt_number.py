"""What numbers of receipts look like, and which bookings have one."""

import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.lifecycle import BookingStatus
from bookings.rules.receipt_number import is_receipted, receipt_number, series_of
from bookings.rules.types import PaymentStatus
from fleet.rules.operator_code import operator_code

S, P = BookingStatus, PaymentStatus


def test_one_number() -> None:
    operator = "8f14e45f-ceea-467f-a8f3-1c2b3d4e5f60"
    assert receipt_number(operator, 2026, 123) == f"{operator_code(operator)}-2026-000123"
    assert operator_code(operator) == operator_code(operator)
    assert receipt_number(operator, 2026, 1_234_567).endswith("-2026-1234567")
    assert series_of(operator, 2026) != series_of(operator, 2027)


@given(st.uuids(version=4), st.integers(2000, 9999), st.integers(1, 999_999))
def test_every_number_can_be_read_on_the_phone(operator: object, year: int, sequence: int) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}-\d{4}-\d{6}", receipt_number(str(operator), year, sequence))


def test_hardly_two_operators_share_a_code() -> None:
    assert len({operator_code(str(uuid4())) for _ in range(1_000)}) >= 998


@pytest.mark.parametrize("status", BookingStatus)
@pytest.mark.parametrize("payment", PaymentStatus)
def test_who_has_a_number(status: BookingStatus, payment: PaymentStatus) -> None:
    over = status in (S.COMPLETED, S.PAID, S.CANCELLED)
    assert is_receipted(status, payment) == (over and payment in (P.CAPTURED, P.REFUNDED))
