"""The table of transitions, its document, and what must hold of every way through it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.errors import Conflict, Forbidden, Invalid
from bookings.rules import lifecycle
from bookings.rules.lifecycle import (
    EXPIRABLE,
    FINAL,
    INITIAL,
    LIVE,
    TRANSITIONS,
    Action,
    Actor,
    BookingStatus,
    action_for_status,
    open_actions,
    transition,
)
from tests.rules.documents import table

S, A = BookingStatus, Action
HAPPY_PATH = [
    (A.PUBLISH, Actor.CONCIERGE, S.SOURCING),
    (A.QUOTE, Actor.OPERATOR, S.QUOTING),
    (A.QUOTE, Actor.OPERATOR, S.QUOTING),
    (A.ACCEPT, Actor.CONCIERGE, S.OPERATOR_ASSIGNED),
    (A.ASSIGN, Actor.OPERATOR, S.DRIVER_ASSIGNED),
    (A.REASSIGN, Actor.OPERATOR, S.DRIVER_ASSIGNED),
    (A.EN_ROUTE, Actor.DRIVER, S.DRIVER_EN_ROUTE),
    (A.ARRIVE, Actor.DRIVER, S.ARRIVED),
    (A.BOARD, Actor.DRIVER, S.PASSENGER_ONBOARD),
    (A.START, Actor.DRIVER, S.IN_PROGRESS),
    (A.COMPLETE, Actor.DRIVER, S.COMPLETED),
    (A.SETTLE, Actor.SYSTEM, S.PAID),
]

STAYING = (
    A.QUOTE,
    A.REASSIGN,
    A.ANNOUNCE_PRICE,
    A.STATE_PRICE,
    A.APPROVE_EXTRAS,
    A.REFUSE_EXTRAS,
    A.TIP,
)
"""What leaves the status as it is."""

statuses = st.sampled_from(BookingStatus)
actions = st.sampled_from(Action)
actors = st.sampled_from(Actor)


def test_the_document_is_the_table() -> None:
    documented = {
        (row["from"], row["action"]): (row["to"], frozenset(row["who"].split(", ")))
        for row in table("lifecycle.md", "Transitions")
    }
    coded = {
        (str(status), str(action)): (str(row.target), frozenset(map(str, row.actors)))
        for (status, action), row in TRANSITIONS.items()
    }
    assert documented == coded


def test_the_document_names_the_groups() -> None:
    rows = table("lifecycle.md", "Groups of states")
    for row in rows:
        assert {str(status) for status in getattr(lifecycle, row["group"])} == set(row["states"].split(", "))


def test_a_booking_that_goes_well() -> None:
    status = INITIAL
    for action, actor, target in HAPPY_PATH:
        status = transition(status, action, actor)
        assert status is target
    assert {INITIAL, *(target for *_, target in HAPPY_PATH)} == set(BookingStatus) - {S.CANCELLED, S.EXPIRED}


@pytest.mark.parametrize("status", BookingStatus)
def test_who_may_cancel(status: BookingStatus) -> None:
    """The issue's sentence, written a second time: parties up to IN_PROGRESS, ADMIN alone after the ride."""
    may = {actor for actor in Actor if A.CANCEL in open_actions(status, actor)}
    if status in (S.CANCELLED, S.EXPIRED):
        assert may == set()
    elif status in (S.COMPLETED, S.PAID):
        assert may == {Actor.ADMIN}
    elif status in (S.NEW, S.SOURCING, S.QUOTING):
        assert may == {Actor.CONCIERGE, Actor.ADMIN}
    elif status in lifecycle.UPCOMING:
        assert may == {Actor.CONCIERGE, Actor.OPERATOR, Actor.ADMIN, Actor.SYSTEM}  # a ride that is not paid for
    else:
        assert may == {Actor.CONCIERGE, Actor.OPERATOR, Actor.ADMIN}


@given(statuses, actions, actors)
def test_open_actions_and_transition_agree(status: BookingStatus, action: Action, actor: Actor) -> None:
    if action in open_actions(status, actor):
        assert transition(status, action, actor) is TRANSITIONS[status, action].target
    elif any(action in open_actions(somewhere, actor) for somewhere in BookingStatus):
        with pytest.raises(Conflict) as refused:
            transition(status, action, actor)
        assert refused.value.code == "wrong_state"
        assert refused.value.details == {
            "status": str(status),
            "actions": [str(other) for other in open_actions(status, actor)],
        }
    else:
        with pytest.raises(Forbidden):
            transition(status, action, actor)


@given(st.lists(st.tuples(actions, actors), max_size=60))
def test_no_sequence_of_actions_breaks_the_order(attempts: list[tuple[Action, Actor]]) -> None:
    """A booking never goes back, never skips a step, and never leaves a final state."""
    order = list(BookingStatus)
    status = INITIAL
    for action, actor in attempts:
        before = status
        try:
            status = transition(status, action, actor)
        except (Conflict, Forbidden):
            continue
        assert before not in FINAL
        if status is S.CANCELLED:
            assert action is A.CANCEL
        elif status is S.EXPIRED:
            assert before in (S.NEW, S.SOURCING, S.QUOTING)
        else:
            assert order.index(status) - order.index(before) in (0, 1)
            assert status is not before or action in STAYING


def test_every_booking_can_still_be_paid_until_it_is_over() -> None:
    """No state is a dead end, even if nobody ever cancels."""
    can_be_paid = {S.PAID}
    for _ in BookingStatus:
        can_be_paid |= {status for (status, _), row in TRANSITIONS.items() if row.target in can_be_paid}
    assert can_be_paid == set(BookingStatus) - FINAL


def test_only_a_deadline_or_an_admin_expires() -> None:
    for status in BookingStatus:
        may = {actor for actor in Actor if A.EXPIRE in open_actions(status, actor)}
        assert may == ({Actor.SYSTEM, Actor.ADMIN} if status in EXPIRABLE else set())


def test_who_never_may_is_refused_and_who_may_not_now_is_told_the_state() -> None:
    with pytest.raises(Forbidden, match="DRIVER"):
        transition(S.QUOTING, A.ACCEPT, Actor.DRIVER)
    with pytest.raises(Forbidden):
        transition(S.COMPLETED, A.SETTLE, Actor.ADMIN)
    with pytest.raises(Conflict) as lost:
        transition(S.OPERATOR_ASSIGNED, A.ACCEPT, Actor.CONCIERGE)
    assert lost.value.details == {"status": "OPERATOR_ASSIGNED", "actions": ["cancel"]}
    with pytest.raises(Conflict):
        transition(S.COMPLETED, A.CANCEL, Actor.CONCIERGE)


@pytest.mark.parametrize("target", sorted(LIVE | {S.COMPLETED}))
def test_a_driver_reports_the_road(target: BookingStatus) -> None:
    rows = [row for (_, action), row in TRANSITIONS.items() if action is action_for_status(target)]
    assert [row.target for row in rows] == [target]
    assert all(row.actors == {Actor.DRIVER, Actor.ADMIN} for row in rows)


@pytest.mark.parametrize("target", sorted(set(BookingStatus) - LIVE - {S.COMPLETED}))
def test_a_driver_reports_nothing_else(target: BookingStatus) -> None:
    with pytest.raises(Invalid) as refused:
        action_for_status(target)
    assert "DRIVER_EN_ROUTE" in refused.value.fields["status"][0]
