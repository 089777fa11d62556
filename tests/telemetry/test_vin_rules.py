"""VINs as values: the standard's own examples, and the laws of its check digit."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.demo import demo_vin
from telemetry.rules.vin import CHECK_DIGIT_AT, VALUES, fault_of, normalise_vin, pseudo_vin
from tests.telemetry.numbers import with_check

ALPHABET = "".join(VALUES)
raw = st.text(ALPHABET, min_size=17, max_size=17)


vins = raw.map(with_check)


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "5GZCZ43D13S812715", "11111111111111111", "1G1AF1F57A7192174"])
def test_known_numbers_are_right(vin: str) -> None:
    assert fault_of(vin, check=True) is None


@given(vins, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_mistyped_digit_is_noticed(vin: str, at: int, other: str) -> None:
    """Of two characters that count the same (A and J, B and 2) the check digit cannot know: everything else it sees."""
    typo = vin[:at] + other + vin[at + 1 :]
    same = at != CHECK_DIGIT_AT and VALUES[other] == VALUES[vin[at]]
    assert (fault_of(typo, check=True) is None) == (typo == vin or same)


@given(vins, st.sampled_from("-  \t"), st.integers(0, 17))
def test_it_may_be_written_as_people_do(vin: str, gap: str, at: int) -> None:
    assert normalise_vin(vin[:at].lower() + gap + vin[at:]) == vin


@given(st.text(string.printable, max_size=30))
def test_rubbish_is_refused_without_repeating_it(text: str) -> None:
    vin = normalise_vin(text)
    fault = fault_of(vin, check=False)
    assert (fault is None) == (len(vin) == 17 and set(vin) <= set(ALPHABET))
    assert fault is None or len(vin) < 4 or vin not in fault  # the message itself says VIN, 17, I, O and Q


def test_markets_without_a_check_digit_have_none() -> None:
    vin = "WBA3A5C50CF256984"
    assert fault_of(vin, check=True) is not None
    assert fault_of(vin, check=False) is None


@given(vins, vins, st.text(min_size=1), st.text(min_size=1))
def test_a_pseudonym_hangs_on_vin_and_key_alone(one: str, two: str, key: str, other: str) -> None:
    assert len(pseudo_vin(one, key)) == 64
    assert (pseudo_vin(one, key) == pseudo_vin(two, key)) == (one == two)
    assert (pseudo_vin(one, key) == pseudo_vin(one, other)) == (key == other)
    assert one not in pseudo_vin(one, key)


@given(st.text(min_size=1))
def test_the_demos_numbers_are_rightly_made(plate: str) -> None:
    assert fault_of(demo_vin(plate), check=True) is None
