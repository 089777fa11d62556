"""What follows for the hold of a ride from a sale, a yes, a no, and another card."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.holding import (
    Ride,
    after_another_card,
    after_hold,
    after_refusal,
    call_off_at,
    hold_at,
    is_wanted,
    needs_card,
)
from bookings.rules.lifecycle import UPCOMING, BookingStatus
from payments.rules.retrying import HOLD, PAUSES, give_up_at, last_try_at

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
aheads = st.timedeltas(min_value=timedelta(minutes=15), max_value=timedelta(days=400))
lengths = st.timedeltas(min_value=timedelta(minutes=15), max_value=timedelta(days=30))
rides = st.builds(lambda ahead, length: Ride(NOW + ahead, NOW + ahead + length), aheads, lengths)
codes = st.sampled_from([*PAUSES, "CARD_EXPIRED", "CARD_REMOVED", "A_NEW_WORD"])


@given(rides)
def test_what_is_held_later_needs_a_card(ride: Ride) -> None:
    later = hold_at(ride, now=NOW)
    if later is not None:
        assert needs_card(ride, now=NOW)
        assert NOW < later <= ride.pickup_at - timedelta(hours=24)


@given(rides)
def test_a_hold_is_enough_or_followed_before_it_ends(ride: Ride) -> None:
    """Wherever one is taken in time, the ride is held for until its end."""
    held_at = hold_at(ride, now=NOW) or NOW
    while (again := after_hold(ride, held_at=held_at).ask_at) is not None:
        assert held_at < again < held_at + HOLD
        held_at = again
    assert held_at + HOLD >= ride.ends_at


@given(rides, codes, st.integers(min_value=1, max_value=20), st.booleans())
def test_a_no_is_followed_in_time_or_not_at_all(ride: Ride, code: str, refusals: int, renews: bool) -> None:
    lapses_at = NOW + timedelta(hours=12) if renews else None
    step = after_refusal(ride, code=code, refusals=refusals, now=NOW, lapses_at=lapses_at)
    assert step.code == code
    if code not in PAUSES:
        assert step.ask_at is None
    if step.ask_at is not None:
        assert NOW < step.ask_at <= last_try_at(lapses_at or ride.pickup_at)


@given(rides)
def test_another_card_is_never_asked_late(ride: Ride) -> None:
    step = after_another_card(ride, now=NOW, lapses_at=None)

    assert step.ask_at == (hold_at(ride, now=NOW) or NOW)
    assert step.code is None


@given(st.sampled_from(BookingStatus), st.booleans())
def test_only_what_waits_without_a_hold_is_called_off(status: BookingStatus, held: bool) -> None:
    at = call_off_at(status=status, pickup_at=NOW, is_held=held)
    assert at == (give_up_at(NOW) if status in UPCOMING and not held else None)
    assert is_wanted(status) or at is None
