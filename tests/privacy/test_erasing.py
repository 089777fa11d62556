"""Forgetting a person: nothing of them is left, and everything of the books stays."""

from typing import Any

import pytest

from accounts.access_log.tables import AccessEntry
from accounts.privacy import closing, erasing, erasures, registry
from accounts.privacy.subjects import find_subject
from accounts.privacy.tables import Erasure, ErasureProof, ErasureStatus
from accounts.privacy.verifying import left_by_declaration, verify
from accounts.rules.roles import Role, StaffRole, UserStatus
from accounts.selectors import user_by_email
from accounts.tables import Session, TokenFamily, User
from atlas.errors import Conflict, Forbidden, Invalid
from atlas.live.last_position import get_position
from atlas.origin import Origin
from bookings import services
from bookings.privacy import PART
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from bookings.services.forgetting import NOWHERE
from bookings.tables import Booking, BookingHistory, Quote
from fleet.rules.types import OperatorStatus
from fleet.tables import Calendar, Driver, Operator
from payments.tables import PaymentTransaction
from tests.bookings.stage import Cast, accepted, assigned, browser, driven, requested
from tests.factories import UserFactory
from tests.privacy.conftest import Traces

HERE = Origin("127.0.0.1", "tests")
WHY = "Asked for it by letter."


def erase(user: User, **how: Any) -> Erasure:
    return closing.erase_user(actor=None, user_id=user.id, reason=WHY, **how)


def left(user_id: str) -> list[tuple[str, str, str]]:
    found = verify(find_subject(user_id))
    return [(each.place, each.attribute, each.kind) for each in found if not each.elsewhere]


def test_nothing_of_a_concierge_is_left(traces: Traces) -> None:
    person = traces.person
    before = {place for place, _, _ in left(person.id)}
    assert {"users", "uniques", "bookings", "booking-history", "quotes", "auth-tokens"} <= before
    done = erase(person)
    assert left(person.id) == []
    assert Erasure.fetch(person.id).status is ErasureStatus.DONE, done
    ended = User.fetch(person.id)
    assert (ended.status, ended.role, ended.credentials_epoch) == (UserStatus.DELETED, Role.CONCIERGE, 1)
    assert list(TokenFamily.user_index.query(person.id)) == []


def test_the_books_stay_as_they_were(traces: Traces) -> None:
    paid = [row.serialize() for row in PaymentTransaction.booking_index.query(traces.done.id)]
    steps = [(row.sequence, row.action) for row in BookingHistory.query(traces.done.id)]
    erase(traces.person)
    booking = Booking.fetch(traces.done.id)
    for name in (
        "reference", "status", "concierge_id", "operator_id", "driver_id", "vehicle_id", "type_", "pickup_at",
        "estimate", "final_price", "currency", "payment_status", "transaction_id", "completed_at", "created_at",
        "created_day",
    ):  # fmt: skip
        assert getattr(booking, name) == getattr(traces.done, name), name
    kept = ("date", "time", "timezone", "tax_jurisdiction", "distance_km", "passenger_count", "vehicle_category")
    assert all(getattr(booking.details, name) == getattr(traces.done.details, name) for name in kept)
    assert booking.details.pickup_location == booking.details.dropoff_location == NOWHERE
    assert booking.details.passenger_name == booking.details.flight_number == ""
    assert booking.details.preferences.special_instructions is None
    assert [row.serialize() for row in PaymentTransaction.booking_index.query(booking.id)] == paid
    assert [(row.sequence, row.action) for row in BookingHistory.query(booking.id)] == steps


def test_an_open_request_is_called_off(traces: Traces) -> None:
    erase(traces.person)
    booking = Booking.fetch(traces.open.id)
    assert (booking.status, booking.cancellation_fee) == (BookingStatus.CANCELLED, 0)
    assert booking.open_shard is None
    assert {quote.status for quote in Quote.booking_index.query(booking.id)} == {"DECLINED"}


def test_a_freed_address_is_a_strangers(traces: Traces) -> None:
    old = traces.person
    erase(old)
    assert user_by_email(old.email) is None
    new = UserFactory.create(email=old.email, name=old.name, phone=old.phone)
    assert new.id != old.id
    assert list(Booking.concierge_index.query(new.id)) == []
    assert left(old.id) == [], "who came back is not a trace"
    assert {each.place for each in verify(find_subject(old.id)) if each.elsewhere} >= {"users", "uniques"}
    closing.erase_user(actor=None, user_id=new.id, reason=WHY)
    assert not [each for each in verify(find_subject(old.id)) if each.kind != "name"], "neither time"


def test_a_driver_is_forgotten_and_their_rides_stay(cast: Cast, sandbox: object) -> None:
    booking = driven(cast, BookingStatus.COMPLETED, preferences={"special_instructions": "Marcus Bell again, please"})
    chauffeur = cast.chauffeur
    assert ("bookings", "details.preferences.specialInstructions", "name") in left(chauffeur.id)
    erase(chauffeur)
    assert left(chauffeur.id) == []
    driver = Driver.fetch(cast.driver.id)
    assert (driver.name, driver.phone, driver.license_number, driver.active) == ("Deleted user", "", "", False)
    assert (driver.total_trips, driver.operator_id) == (1, cast.operator.id)
    assert Operator.fetch(cast.operator.id).active_drivers == cast.operator.active_drivers - 0
    assert Calendar.fetch(f"driver:{driver.id}").closed
    told = Booking.fetch(booking.id)
    assert told.details.preferences.special_instructions == "[deleted] again, please"
    assert (told.details.passenger_name, told.driver_id) == ("Ms. Abdi", driver.id), "the client's own stays"
    assert get_position(f"driver:{driver.id}") is None


def test_a_company_that_bears_its_owners_name_loses_it(cast: Cast) -> None:
    owner = cast.owner
    operator = Operator.fetch(cast.operator.id)
    operator.company_name = f"{owner.name} Limousines"
    operator.save()
    erase(owner)
    assert left(owner.id) == []
    closed = Operator.fetch(operator.id)
    assert (closed.company_name, closed.status) == ("[deleted] Limousines", OperatorStatus.SUSPENDED)
    assert closed.business_license == operator.business_license


def test_a_member_leaves_and_the_company_goes_on(cast: Cast) -> None:
    erase(cast.manager)
    assert left(cast.manager.id) == []
    assert Operator.fetch(cast.operator.id).status is OperatorStatus.ACTIVE


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (accepted, "ride_ahead"),
        (assigned, "ride_ahead"),
        (lambda cast: driven(cast, BookingStatus.DRIVER_EN_ROUTE), "ride_under_way"),
    ],
)
def test_what_is_not_finished_stands_against_it(cast: Cast, sandbox: object, prepare: Any, code: str) -> None:
    booking = prepare(cast)
    for who in (cast.concierge, cast.owner):
        with pytest.raises(Conflict) as refused:
            erase(who)
        assert refused.value.code == "unfinished"
        assert {each["code"]: each["bookings"] for each in refused.value.details["obstacles"]} == {
            code: [booking.reference]
        }
        assert User.fetch(who.id).status is UserStatus.ACTIVE
        assert Erasure.find(who.id) is None
    if booking.driver_id:
        with pytest.raises(Conflict) as refused:
            erase(cast.chauffeur)
        assert refused.value.details["obstacles"][0]["bookingIds"] == [booking.id]
        assert Driver.fetch(cast.driver.id).name == "Marcus Bell"


def test_twice_is_once(traces: Traces) -> None:
    first = erase(traces.person)
    again = erase(traces.person)
    assert (again.id, again.created_at) == (first.id, first.created_at)
    erasures.run(traces.person.id)
    erasures.run(traces.person.id)
    done = Erasure.fetch(traces.person.id)
    assert done.passes == 3
    assert (done.due_at or done.due_shard) is None
    assert done.counts["bookings"] == 3


def test_the_proof_holds_no_value_and_dies(traces: Traces) -> None:
    person = traces.person
    erase(person)
    proof = ErasureProof.fetch(person.id)
    stored = repr(proof.serialize())
    assert not any(text in stored for text in (person.email, person.name, person.phone))
    assert len(proof.marks) >= 4
    proof.expires_at = proof.created_at.replace(microsecond=0)
    proof.save(add_version_condition=False)
    assert find_subject(person.id).marks.all == ()


def test_who_may_forget_whom(cast: Cast) -> None:
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    for actor, code in ((support, "forbidden"), (cast.owner, "forbidden"), (cast.admin, "not_yourself")):
        victim = cast.admin if actor is cast.admin else cast.concierge
        with pytest.raises(Forbidden) as refused:
            closing.erase_user(actor=actor, user_id=victim.id, reason=WHY)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        closing.erase_user(actor=cast.admin, user_id=cast.concierge.id, reason="  ")
    done = closing.erase_user(actor=cast.admin, user_id=cast.concierge.id, reason=f"Letter of {cast.concierge.name}")
    assert (done.requested_by, done.reason) == (cast.admin.id, "Letter of [deleted]")


def test_what_was_signed_in_is_out(cast: Cast) -> None:
    page = browser(cast.concierge)
    assert page.get("/account/").status_code == 200
    erase(cast.concierge)
    assert page.get("/account/").status_code == 302
    assert list(Session.user_index.query(cast.concierge.id)) == []


def test_the_access_log_tells_of_it_without_the_person(traces: Traces) -> None:
    erase(traces.person)
    entries = list(AccessEntry.query(f"users:{traces.person.id}"))
    assert entries
    text = repr([entry.serialize() for entry in entries])
    assert traces.person.email not in text
    assert traces.person.name not in text


def test_a_left_out_collector_is_noticed(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were one table forgotten by the erasure, its proof would say so: for each table in which there was something."""
    every = registry.holdings()
    left_out = {"quotes", "bookings", "booking-history", "auth-tokens"}
    monkeypatch.setattr(erasing, "holdings", lambda: tuple(each for each in every if each.name not in left_out))
    erase(traces.person)
    assert {place for place, _, _ in left(traces.person.id)} >= left_out


def test_what_is_needed_is_waited_for(cast: Cast, sandbox: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ride that nobody saw in time (an old one; a lagging index) is carried out, and forgotten when it is over."""
    booking = accepted(cast)
    blind = registry.Part(holdings=PART.holdings)
    monkeypatch.setitem(registry._parts, "bookings", blind)
    erase(cast.concierge)
    waiting = Erasure.fetch(cast.concierge.id)
    assert (waiting.status, waiting.waiting) == (ErasureStatus.WAITING, 1)
    assert waiting.done_at is None
    assert Booking.fetch(booking.id).details.passenger_name == "Ms. Abdi"
    services.cancel(user=cast.owner, booking_id=booking.id, code=CancellationCode.OTHER, reason="Closed")
    assert erasures.run(cast.concierge.id).status is ErasureStatus.DONE
    assert left(cast.concierge.id) == []


def test_a_new_ride_of_a_moment_before_is_found_later(cast: Cast) -> None:
    erase(cast.concierge)
    late = requested(cast)  # by a request that was under way when the account ended
    assert list(left_by_declaration(find_subject(cast.concierge.id)))
    erasures.run(cast.concierge.id)
    assert Booking.fetch(late.id).status is BookingStatus.CANCELLED
    assert left(cast.concierge.id) == []
