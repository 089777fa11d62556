"""The references that people read to each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.crockford import ALPHABET
from atlas.errors import Invalid
from bookings.rules.reference import new_reference, normalize_reference


def test_every_sign_is_as_likely_as_any_other() -> None:
    signs = [new_reference(bytes([byte] * 6))[-1] for byte in range(256)]
    assert {signs.count(sign) for sign in ALPHABET} == {8}
    assert set(signs) == set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@given(st.binary(min_size=6, max_size=16))
def test_a_reference_survives_being_typed(random: bytes) -> None:
    reference = new_reference(random)
    assert len(reference) == 10
    assert reference.startswith("ATL-")
    typed = reference.lower().replace("-", " ").replace("0", "o")
    assert normalize_reference(reference) == normalize_reference(typed) == reference
    assert normalize_reference(reference.removeprefix("ATL-")) == reference
    assert normalize_reference(reference.replace("1", "l")) == reference


def test_signs_that_look_like_the_prefix_are_not_taken_for_it() -> None:
    assert normalize_reference("ATL234") == "ATL-AT1234"


def test_six_bytes_are_needed() -> None:
    with pytest.raises(ValueError):
        new_reference(b"12345")


@pytest.mark.parametrize("text", ["", "ATL-", "ATL-7K3M9", "ATL-7K3M9QQ", "ATL-7K3M9U", "BOOKING", "\u0667K3M9Q"])
def test_what_cannot_be_a_reference(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalize_reference(text)
    assert "reference" in refused.value.fields
