"""What counts as a card number: every issuer's, however it is written; and nothing that only resembles one."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.card_numbers import STRUCK, has_card_number, strike_card_numbers, struck

YEAR_2000, YEAR_2100 = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-01-01")
PUBLISHED = (
    "4111111111111111",
    "4222222222222",
    "5555555555554444",
    "2223000048400011",
    "378282246310005",
    "30569309025904",
    "36227206271667",
    "6011111111111117",
    "3530111333300000",
    "6200000000000005",
    "6759649826438453",
    "5018000000000009",
)
"""Test numbers of schemes and processors; nobody's cards."""
LENGTHS = {"4": 16, "51": 16, "2221": 16, "2720": 16, "34": 15, "37": 15, "305": 14, "3528": 16, "6011": 19, "62": 18}
SCRIPTS = ("0", "\uff10", "\u0660", "\u0966", "\u0e50")
"""The zero of each: ASCII, full width, Arabic, Devanagari, Thai."""


def check_digit(digits: str) -> str:
    """Luhn's, the other way round than the rule has it: by trying."""
    for last in "0123456789":
        total = 0
        for place, each in enumerate(reversed(digits + last)):
            value = int(each) * (1 + place % 2)
            total += value // 10 + value % 10
        if total % 10 == 0:
            return last
    raise AssertionError


@st.composite
def cards(draw: Any) -> str:
    prefix, length = draw(st.sampled_from(sorted(LENGTHS.items())))
    rest = length - len(prefix) - 1
    digits = prefix + draw(st.text("0123456789", min_size=rest, max_size=rest))
    number: str = digits + check_digit(digits)
    return number


@pytest.mark.parametrize("number", PUBLISHED)
def test_a_published_test_number(number: str) -> None:
    assert has_card_number(number)
    assert strike_card_numbers(f"pay with {number}, please") == f"pay with {STRUCK}, please"


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111 - 1111 - 1111 - 1111",
        "4111\u00a01111\u20091111\u200b1111",
        "4111\u20111111\u20131111\u20141111",
        "4111\n1111\n1111\n1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "41 11 11 11 11 11 11 11",
        "41111111 11111111",
        "3782 822463 10005",
        "3056 930902 5904",
        "card4111111111111111cvc123",
        "4111 1111 1111 1111 12/29 123",
        "12/29 4111 1111 1111 1111",
        "tel +1 212 555 0123, card 4111111111111111",
        "cnon:4111111111111111",
        '{"pan": 4111111111111111}',
        "+4111111111111111",
    ],
)
def test_however_it_is_written(text: str) -> None:
    assert has_card_number(text)
    assert not has_card_number(strike_card_numbers(text))
    assert STRUCK in strike_card_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111111111111112",
        "+1 212 555 0123",
        "+491512345678903",
        "415 555 0123 / 415 555 0129",
        "(240) 555-0123 (240) 555-0129",
        "DE89 3704 0044 0532 0130 00",
        "GB82WEST12345698765432",
        "pay to DE04 5105 1051 0510 5100 00 today",
        "RF18 5390 0754 7034",
        "550e8400-e29b-41d4-a716-446655440000",
        "41111111-1111-4111-8111-111111111111",
        "deadbeefcafef00d4111111111111111",
        "0.4111111111111111",
        "at 40.4222222222222 -74.4222222222222.",
        "2026-11-23T11:47:49.123456+00:00",
        "20261123114749",
        "1763898469123",
        "1763898469123456",
        "1763898469123456789",
        "odometer 128934, 128990, 129411",
        "1HGCM82633A004352",
        "7K3M9Q-2026-000123",
        "12345678901234567890",
    ],
)
def test_what_is_none(text: str) -> None:
    assert not has_card_number(text)
    assert strike_card_numbers(text) == text


@given(cards(), st.sampled_from(SCRIPTS))
def test_every_script_counts(card: str, zero: str) -> None:
    assert has_card_number("".join(chr(ord(zero) + int(each)) for each in card))


@given(cards(), st.integers(0, 9))
def test_one_wrong_digit_is_no_card(card: str, wrong: int) -> None:
    """Luhn finds every single error."""
    digit = str(wrong)
    assert has_card_number(card[:-1] + digit) == (card[-1] == digit)


@given(st.text(max_size=40), cards(), st.text(max_size=40))
def test_striking_leaves_none(before: str, card: str, after: str) -> None:
    text = f"{before} {card}; {after}"
    once = strike_card_numbers(text)
    assert not has_card_number(once)
    assert strike_card_numbers(once) == once


@given(st.text("0123456789 -.+", max_size=60))
def test_what_is_struck_is_what_was_found(text: str) -> None:
    assert (strike_card_numbers(text) != text) == has_card_number(text)


@given(st.text("0123456789abcdef-. x", max_size=60).filter(lambda text: sum(map(str.isdigit, text)) < 13))
def test_too_few_digits_are_never_one(text: str) -> None:
    assert not has_card_number(text)


@given(st.uuids(), st.datetimes(YEAR_2000, YEAR_2100), st.floats(-180, 180))
def test_ids_times_and_coordinates_are_left_alone(identity: Any, moment: datetime, degrees: float) -> None:
    for text in (str(identity), moment.isoformat(), repr(degrees), f"{degrees:.9f}"):
        assert strike_card_numbers(text) == text


def test_json_is_struck_wherever_it_stands() -> None:
    value = {"a": ["4111111111111111", {"4111111111111111": 1}], "n": 5555555555554444, "ok": True, "cents": 12000}
    assert struck(value) == {"a": [STRUCK, {STRUCK: 1}], "n": STRUCK, "ok": True, "cents": 12000}
