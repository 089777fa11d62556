"""Which codes count, when: RFC 6238's own figures, the window, and what people type."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import second_factor as rules

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The twenty bytes `12345678901234567890` of RFC 6238, appendix B."""
NOW = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
STEP = pyotp.TOTP(SECRET).timecode(NOW)


def step_of(code: str, now: datetime = NOW, after: int = 0) -> int | None:
    return rules.matching_step(SECRET, code, now=now, after=after)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_figures_of_the_rfc(seconds: int, code: str) -> None:
    """Its eight digits end in these six."""
    assert step_of(code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_window_is_one_step_either_way(steps: int, good: bool) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP + steps)
    assert step_of(code) == (STEP + steps if good else None)


def test_a_step_that_was_used_is_past_with_all_before_it() -> None:
    codes = [pyotp.TOTP(SECRET).generate_otp(STEP + steps) for steps in (-1, 0, 1)]
    assert [step_of(code, after=STEP) for code in codes] == [None, None, STEP + 1]


@pytest.mark.parametrize("typed", ["{}{}", "{} {}", " {}-{} ", "{}\u00a0{}"])
def test_spaces_do_not_matter(typed: str) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP)
    assert step_of(typed.format(code[:3], code[3:])) == STEP


@given(st.text(max_size=60))
def test_rubbish_is_no_code(typed: str) -> None:
    expected = rules.clean(typed) in {pyotp.TOTP(SECRET).generate_otp(STEP + steps) for steps in (-1, 0, 1)}
    assert (step_of(typed) is not None) == expected
    assert rules.is_recovery_code(typed) in (True, False)


def test_recovery_codes_are_read_kindly() -> None:
    assert rules.readable("ABCDE01234") == "ABCDE-01234"
    for typed in ("abcde-o1234", "ABCDE OI2 34", "abcde0l234"):
        assert rules.clean(typed) == "ABCDE01234"
        assert rules.is_recovery_code(typed)
    assert not any(map(rules.is_recovery_code, ("123456", "ABCDE-0123", "ABCDE-01234-5", "UUUUU-UUUUU", "")))


def test_one_recovery_code_goes() -> None:
    assert rules.without(["a", "b", "c"], "b") == ["a", "c"]
    assert rules.without(["a", "b"], "x") is None
    assert rules.without([], "x") is None


def test_the_address_of_the_qr_code() -> None:
    address = urlsplit(rules.otpauth_uri(SECRET, "ada+1@example.com"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["Atlas"]}
    assert address.path == "/Atlas:ada%2B1%40example.com"


def test_the_window_moves_with_the_clock() -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP)
    assert step_of(code, NOW + timedelta(seconds=30)) == STEP
    assert step_of(code, NOW + timedelta(seconds=60)) is None
