"""When a card on file is asked, asked again, and left alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.declines import DECLINES
from payments.rules import retrying
from payments.rules.retrying import HOLD, MARGIN, PAUSES, Remedy

PICKUP = datetime(2026, 12, 24, 18, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

lengths = st.timedeltas(min_value=timedelta(minutes=15), max_value=timedelta(days=30))
aheads = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))


@pytest.mark.parametrize(
    ("length", "before"),
    [
        (2 * HOUR, timedelta(days=6, hours=10)),
        (12 * HOUR, 6 * DAY),
        (5 * DAY, timedelta(days=1, hours=12)),
        (timedelta(days=5, hours=12), DAY),
        (10 * DAY, DAY),
    ],
)
def test_the_hold_is_taken_as_early_as_it_outlasts_the_ride(length: timedelta, before: timedelta) -> None:
    assert retrying.authorize_at(pickup_at=PICKUP, ends_at=PICKUP + length) == PICKUP - before


def test_a_card_is_kept_only_for_what_cannot_be_held_yet() -> None:
    at = retrying.authorize_at(pickup_at=PICKUP, ends_at=PICKUP + HOUR)
    second = timedelta(seconds=1)
    assert retrying.keeps_card(pickup_at=PICKUP, ends_at=PICKUP + HOUR, now=at - second)
    assert not retrying.keeps_card(pickup_at=PICKUP, ends_at=PICKUP + HOUR, now=at)


@given(lengths, aheads)
def test_holds_follow_each_other_without_a_gap_until_after_the_ride(length: timedelta, ahead: timedelta) -> None:
    """Whenever it was accepted."""
    ends_at = PICKUP + length
    held_at = max(retrying.authorize_at(pickup_at=PICKUP, ends_at=ends_at), PICKUP - ahead)
    assert held_at <= max(PICKUP - DAY, PICKUP - ahead)
    holds = 1
    while (again := retrying.renew_at(lapses_at=held_at + HOLD, ends_at=ends_at)) is not None:
        assert held_at < again < held_at + HOLD
        held_at, holds = again, holds + 1
    assert held_at + HOLD >= ends_at + MARGIN
    assert holds <= 1 + (length + 2 * DAY) / (HOLD - MARGIN)


@given(st.timedeltas(min_value=timedelta(minutes=15), max_value=timedelta(days=5)), aheads)
def test_one_hold_is_enough_for_a_ride_of_some_days(length: timedelta, ahead: timedelta) -> None:
    ends_at = PICKUP + length
    held_at = max(retrying.authorize_at(pickup_at=PICKUP, ends_at=ends_at), PICKUP - ahead)
    assert retrying.renew_at(lapses_at=held_at + HOLD, ends_at=ends_at) is None


@pytest.mark.parametrize(
    ("code", "refusals", "before", "pause"),
    [
        ("INSUFFICIENT_FUNDS", 1, 6 * DAY, DAY),
        ("INSUFFICIENT_FUNDS", 2, 5 * DAY, 2 * DAY),
        ("INSUFFICIENT_FUNDS", 3, 4 * DAY, 2 * DAY),
        ("INSUFFICIENT_FUNDS", 1, 10 * HOUR, 6 * HOUR),
        ("TEMPORARY_ERROR", 1, 6 * DAY, HOUR),
        ("TEMPORARY_ERROR", 9, 6 * DAY, DAY),
        ("INSUFFICIENT_FUNDS", 4, 4 * HOUR, None),
        ("INSUFFICIENT_FUNDS", 1, 3 * HOUR, None),
        ("CARD_EXPIRED", 1, 6 * DAY, None),
        ("CARD_DECLINED_VERIFICATION_REQUIRED", 1, 6 * DAY, None),
        ("NOT_FOUND", 1, 6 * DAY, None),
        ("A_CODE_OF_NEXT_YEAR", 1, 6 * DAY, None),
    ],
)
def test_after_a_no(code: str, refusals: int, before: timedelta, pause: timedelta | None) -> None:
    tried_at = PICKUP - before
    again = retrying.next_try_at(code=code, refusals=refusals, tried_at=tried_at, pickup_at=PICKUP)
    assert again == (None if pause is None else tried_at + pause)


@given(st.sampled_from(sorted(PAUSES)), lengths, aheads)
def test_a_card_that_always_says_no_is_asked_a_few_times_and_last_four_hours_before(
    code: str, length: timedelta, ahead: timedelta
) -> None:
    """Card schemes allow some fifteen tries of one payment; the last is never left out, and none comes after it."""
    first = max(retrying.authorize_at(pickup_at=PICKUP, ends_at=PICKUP + length), PICKUP - ahead)
    tries = [first]
    while (
        again := retrying.next_try_at(code=code, refusals=len(tries), tried_at=tries[-1], pickup_at=PICKUP)
    ) is not None:
        assert again > tries[-1]
        tries.append(again)
    assert len(tries) <= 12
    assert tries[-1] == max(first, retrying.last_try_at(PICKUP))
    assert first > retrying.last_try_at(PICKUP) or tries[-1] < retrying.give_up_at(PICKUP)


@given(st.sampled_from(sorted(set(DECLINES) - set(PAUSES))), st.integers(1, 9), aheads)
def test_a_card_that_will_not_pay_is_not_asked_again(code: str, refusals: int, ahead: timedelta) -> None:
    assert retrying.remedy(code) is Remedy.ANOTHER_CARD
    assert retrying.next_try_at(code=code, refusals=refusals, tried_at=PICKUP - ahead, pickup_at=PICKUP) is None


def test_every_code_that_waits_has_words_of_its_own() -> None:
    assert set(PAUSES) <= set(DECLINES)


def test_no_card_is_waited_for_that_the_customer_is_told_to_replace() -> None:
    """Not enough money is both: another card helps at once, the same one perhaps tomorrow."""
    told = {code for code in PAUSES if DECLINES[code].another_card}
    assert told == {"INSUFFICIENT_FUNDS"}
