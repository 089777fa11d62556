"""What becomes of a command by each answer: defined for all of them, and always over in the end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.commands import (
    PAUSES,
    REPEATABLE,
    WANTED_FOR,
    Answer,
    CommandName,
    CommandStatus,
    Reply,
    after,
    seen_done,
    supersedes,
)

ASKED = datetime(2026, 1, 1, tzinfo=UTC)
answers = st.builds(
    Answer,
    st.sampled_from(Reply),
    st.sampled_from(["", "user_present"]),
    st.none() | st.timedeltas(timedelta(), timedelta(hours=1)),
)


@given(answers, st.sampled_from(CommandName), st.timedeltas(timedelta(), timedelta(minutes=10)))
def test_every_answer_has_one_next_state(answer: Answer, name: CommandName, later: timedelta) -> None:
    next_ = after(answer, name=name, asked_at=ASKED, now=ASKED + later)
    assert next_ == after(answer, name=name, asked_at=ASKED, now=ASKED + later)
    assert next_.status is not CommandStatus.SENDING
    assert (next_.due_at is not None) is (next_.status is CommandStatus.WAITING)
    if next_.due_at is not None:
        assert ASKED + later < next_.due_at < ASKED + WANTED_FOR
        assert next_.due_at - ASKED - later >= (answer.again_after or timedelta())
    if next_.status is CommandStatus.FAILED:
        assert answer.reply not in (Reply.UNKNOWN, Reply.DONE), "it may have been done"
    if next_.status not in (CommandStatus.DONE, CommandStatus.WAITING):
        assert next_.reason


@given(st.lists(answers, min_size=30, max_size=30), st.sampled_from(CommandName))
def test_it_is_over_within_its_time(said: list[Answer], name: CommandName) -> None:
    now = ASKED
    for answer in said:
        next_ = after(answer, name=name, asked_at=ASKED, now=now)
        if next_.due_at is None:
            return
        now = next_.due_at
    raise AssertionError("still waiting")


@pytest.mark.parametrize("name", CommandName)
def test_what_may_have_been_done_is_repeated_only_where_twice_is_once(name: CommandName) -> None:
    status = after(Answer(Reply.UNKNOWN), name=name, asked_at=ASKED, now=ASKED).status
    assert status is (CommandStatus.WAITING if name in REPEATABLE else CommandStatus.UNKNOWN)
    assert name in REPEATABLE or name in (CommandName.HONK, CommandName.FLASH)


def test_an_honest_retry_after_is_kept_to() -> None:
    wait = PAUSES[Reply.BUSY] + timedelta(seconds=30)
    answer = Answer(Reply.BUSY, "rate_limited", wait)
    assert after(answer, name=CommandName.LOCK, asked_at=ASKED, now=ASKED).due_at == ASKED + wait
    too_long = answer._replace(again_after=WANTED_FOR)
    assert after(too_long, name=CommandName.LOCK, asked_at=ASKED, now=ASKED).status is CommandStatus.FAILED


def test_the_newest_of_the_same_thing_holds() -> None:
    assert supersedes(CommandName.LOCK, CommandName.UNLOCK)
    assert supersedes(CommandName.CLIMATE_OFF, CommandName.CLIMATE_ON)
    assert not supersedes(CommandName.CLIMATE_OFF, CommandName.LOCK)
    assert not supersedes(CommandName.HONK, CommandName.HONK)


def test_what_a_vehicle_says_of_itself() -> None:
    assert seen_done(CommandName.LOCK, locked=True, climate_on=None)
    assert not seen_done(CommandName.UNLOCK, locked=None, climate_on=None)
    assert not seen_done(CommandName.CLIMATE_ON, locked=True, climate_on=False)
    assert not seen_done(CommandName.HONK, locked=True, climate_on=True)
