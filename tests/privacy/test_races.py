"""Forgetting somebody while things happen: whoever is first, nothing of the person is left in the end."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from accounts.privacy import closing, erasing, erasures
from accounts.privacy.subjects import find_subject
from accounts.privacy.tables import Erasure, ErasureStatus
from accounts.privacy.verifying import left_by_declaration
from accounts.rules.roles import UserStatus
from accounts.services import change_email, change_profile
from accounts.tables import User
from atlas.errors import AtlasError
from atlas.origin import Origin
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from fleet.tables import Driver
from tests.bookings.stage import Cast, accepted, make_cast, quoted, requested
from tests.factories import PASSWORD
from tests.privacy.conftest import leave_traces

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]
ROUNDS = 5
HERE = Origin("127.0.0.1", "tests")


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own, begun together; what each gave, or the error by which it was refused."""
    barrier = threading.Barrier(len(deeds))
    outcomes: list[Any] = [None] * len(deeds)

    def run(number: int, deed: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            outcomes[number] = deed()
        except AtlasError as refused:
            outcomes[number] = refused

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def erase(user: User) -> Erasure:
    return closing.erase_user(actor=None, user_id=user.id, reason="By letter")


def check_nothing_is_left(user: User) -> None:
    """After the later looks, which in life come by themselves."""
    done = erasures.run(user.id)
    assert done.status is ErasureStatus.DONE, (done.waiting, done.counts)
    assert list(left_by_declaration(find_subject(user.id))) == []


@pytest.mark.parametrize("_", range(ROUNDS))
def test_and_a_new_ride_at_once(_: int) -> None:
    cast = make_cast(PASSWORD)
    requested(cast)
    ended, *_asked = at_once(lambda: erase(cast.concierge), lambda: requested(cast), lambda: requested(cast))
    assert isinstance(ended, Erasure)
    check_nothing_is_left(cast.concierge)
    assert {each.status for each in Booking.concierge_index.query(cast.concierge.id)} == {BookingStatus.CANCELLED}


@pytest.mark.parametrize("_", range(ROUNDS))
def test_and_a_quote_at_once(_: int) -> None:
    cast = make_cast(PASSWORD)
    booking = requested(cast)
    at_once(lambda: erase(cast.concierge), lambda: quoted(cast, booking, notes=f"Dear {cast.concierge.name}"))
    check_nothing_is_left(cast.concierge)
    assert Booking.fetch(booking.id).status is BookingStatus.CANCELLED


@pytest.mark.parametrize("_", range(ROUNDS))
def test_and_an_assignment_at_once(_: int) -> None:
    """Either the driver has the ride, and stays; or they are gone, and it is given to nobody who is not there."""
    cast = make_cast(PASSWORD)
    booking = accepted(cast)
    assign: dict[str, Any] = {"booking_id": booking.id, "driver_id": cast.driver.id, "vehicle_id": cast.sedan.id}
    ended, given = at_once(lambda: erase(cast.chauffeur), lambda: services.assign(user=cast.owner, **assign))
    assert isinstance(ended, AtlasError) != isinstance(given, AtlasError), (ended, given)
    left = User.fetch(cast.chauffeur.id).status
    assert (left is UserStatus.DELETED) == isinstance(given, AtlasError)
    assert (Driver.fetch(cast.driver.id).name == "Marcus Bell") == (left is UserStatus.ACTIVE)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_twice_at_once_and_with_changes_of_the_profile(_: int) -> None:
    cast = make_cast(PASSWORD)
    person = cast.concierge
    one, *_others = at_once(
        lambda: erase(person),
        lambda: closing.delete_me(user=person, password=PASSWORD, origin=HERE),
        lambda: change_profile(user=person, name="Ada Byron"),
        lambda: change_email(user=person, email=f"new.{person.email}", password=PASSWORD, origin=HERE),
    )
    assert isinstance(one, Erasure)
    assert User.fetch(person.id).name == "Deleted user"
    check_nothing_is_left(person)


class Killed(BaseException):
    """As by `kill -9`: nothing is tidied up."""


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8])
def test_killed_after_any_row_it_goes_on(after: int, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = leave_traces(cast)
    monkeypatch.setattr(erasures, "start_pass", lambda _: None)
    erase(traces.person)
    written: list[str] = []
    original, states = erasing._forget, []

    def dying(subject: Any, holding: Any, key: Any, progress: Any) -> bool:
        if len(written) == after:
            raise Killed
        written.append(holding.name)
        return original(subject, holding, key, progress)

    monkeypatch.setattr(erasing, "_forget", dying)
    with suppress(Killed):
        erasures.run(traces.person.id, checkpoint=lambda progress: states.append(dict(progress.state)))
    assert len(written) == after
    assert Erasure.fetch(traces.person.id).status is ErasureStatus.RUNNING
    monkeypatch.setattr(erasing, "_forget", original)
    done = erasures.run(traces.person.id, state=states[-1] if states else None)
    assert done.status is ErasureStatus.DONE
    assert list(left_by_declaration(find_subject(traces.person.id))) == []


def test_what_nobody_began_is_found_by_its_deadline(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = leave_traces(cast)
    with monkeypatch.context() as away:
        away.setattr(erasures, "start_pass", lambda _: None)
        erase(traces.person)
    erasure = Erasure.fetch(traces.person.id)
    assert erasure.id not in erasures.due()
    erasure.due_at = erasure.created_at
    erasure.save()
    assert erasure.id in erasures.due()
    erasures.go_on()
    assert Erasure.fetch(traces.person.id).status is ErasureStatus.DONE
    assert list(left_by_declaration(find_subject(traces.person.id))) == []
