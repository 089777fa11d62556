"""Who may command which vehicle, and who is told of it."""

from datetime import timedelta

import pytest

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError, Forbidden, NotFound
from bookings.commanding import wished_temperature
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from fleet.assignments.people import assign_vehicle, end_assignment
from telemetry.commands.selectors import commands_by_user, commands_of_vehicle, own_command
from telemetry.commands.services import send_command
from telemetry.commands.simulated import car
from telemetry.rules.commands import CommandName
from tests.bookings.stage import Cast, assigned, driven, make_cast
from tests.fleet.members import member, org
from tests.telemetry.commands.cars import asked, commanded, now_of

COOL = {"temperature": "Cool (68°F)"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def pvin(cast: Cast) -> str:
    return commanded(cast)


def outcome(user: User, pvin: str, **more: object) -> str:
    try:
        send_command(user=user, pvin=pvin, name=CommandName.LOCK, **more)  # type: ignore[arg-type]
    except AtlasError as error:
        return type(error).__name__
    return "sent"


@pytest.mark.parametrize(
    ("role", "whole_fleet", "assigned_one"),
    [
        ("owner", "sent", "sent"),
        ("admin", "sent", "sent"),
        ("manager", "sent", "sent"),
        ("driver", "NotFound", "sent"),
        ("viewer", "Forbidden", "Forbidden"),
    ],
)
def test_each_role(cast: Cast, pvin: str, role: str, whole_fleet: str, assigned_one: str) -> None:
    user = cast.owner if role == "owner" else member(cast, role)
    assert outcome(user, pvin) == whole_fleet
    made = assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=user.id, pvin=pvin)
    assert outcome(user, pvin) == assigned_one
    end_assignment(user=cast.owner, organization_id=org(cast), assignment_id=made.id)
    assert outcome(user, pvin) == whole_fleet


def test_a_driver_only_during_the_assignment(cast: Cast, pvin: str) -> None:
    user, soon = member(cast, "driver"), utc_now() + timedelta(hours=1)
    assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=user.id, pvin=pvin, starts_at=soon)
    assert outcome(user, pvin) == "NotFound"


def test_strangers(cast: Cast, pvin: str) -> None:
    assert outcome(cast.rival, pvin) == "NotFound"
    assert outcome(cast.owner, "5f" * 32) == "NotFound"
    assert outcome(cast.concierge, pvin) == "Forbidden"
    assert outcome(cast.admin, pvin) == "Forbidden"
    assert not car(pvin).done


@pytest.mark.usefixtures("sandbox")
class TestForARide:
    def test_its_driver_while_it_is_time_for_it(self, cast: Cast, pvin: str) -> None:
        booking = assigned(cast, hours_ahead=5)
        assert outcome(cast.chauffeur, pvin) == "NotFound", "without the ride it is nobody's of theirs"
        assert outcome(cast.chauffeur, pvin, booking_id=booking.id) == "Conflict", "hours before it"
        booking.pickup_at = utc_now() + timedelta(minutes=59)
        booking.save()
        assert outcome(cast.chauffeur, pvin, booking_id=booking.id) == "sent"
        booking.pickup_at = utc_now() - timedelta(days=1)
        booking.save()
        assert outcome(cast.chauffeur, pvin, booking_id=booking.id) == "Conflict", "long after it"

    def test_until_it_is_over(self, cast: Cast, pvin: str) -> None:
        booking = driven(cast, BookingStatus.PASSENGER_ONBOARD, hours_ahead=4)
        booking.pickup_at = utc_now() - timedelta(days=1)
        booking.save()
        assert outcome(cast.chauffeur, pvin, booking_id=booking.id) == "sent", "late, and on the road"
        booking.status = BookingStatus.COMPLETED
        booking.save()
        assert outcome(cast.chauffeur, pvin, booking_id=booking.id) == "Conflict"

    def test_not_another_car_nor_by_somebody_else(self, cast: Cast, pvin: str) -> None:
        booking = driven(cast, BookingStatus.DRIVER_EN_ROUTE, hours_ahead=4)
        assert outcome(cast.chauffeur, "5f" * 32, booking_id=booking.id) == "NotFound"
        assert outcome(cast.rival, pvin, booking_id=booking.id) == "NotFound"
        assert outcome(cast.concierge, pvin, booking_id=booking.id) == "Forbidden"
        assert outcome(cast.owner, pvin, booking_id=booking.id) == "sent"

    def test_as_warm_as_the_passenger_wishes(self, cast: Cast, pvin: str) -> None:
        booking = driven(cast, BookingStatus.DRIVER_EN_ROUTE, hours_ahead=4, preferences=COOL)
        wished = asked(cast, pvin, CommandName.CLIMATE_ON, booking_id=booking.id)
        assert (wished.temperature, wished.booking_id) == (20.0, booking.id)
        assert asked(cast, pvin, CommandName.CLIMATE_ON, booking_id=booking.id, temperature=23.0).temperature == 23.0
        assert asked(cast, pvin, CommandName.CLIMATE_ON).temperature is None
        assert asked(cast, pvin, CommandName.LOCK, booking_id=booking.id).temperature is None


@pytest.mark.parametrize(
    ("wish", "degrees"),
    [("Cool (68°F)", 20.0), ("Ambient (72°F)", 22.0), ("Warm (76°F)", 24.5), (None, None), ("Whatever", None)],
)
def test_wishes_in_celsius(wish: str | None, degrees: float | None) -> None:
    assert wished_temperature(Booking(details={"preferences": {"temperature": wish}})) == degrees


def test_who_is_told(cast: Cast, pvin: str) -> None:
    driver = member(cast, "driver")
    assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=driver.id, pvin=pvin)
    by_owner = asked(cast, pvin)
    by_driver = now_of(send_command(user=driver, pvin=pvin, name=CommandName.UNLOCK))
    told = commands_of_vehicle(user=cast.manager, pvin=pvin).items
    assert [each.id for each in told] == [by_driver.id, by_owner.id], "newest first"
    assert [each.id for each in commands_of_vehicle(user=driver, pvin=pvin).items] == [by_driver.id]
    with pytest.raises(Forbidden):
        commands_of_vehicle(user=member(cast, "viewer"), pvin=pvin)
    with pytest.raises(NotFound):
        commands_of_vehicle(user=cast.rival, pvin=pvin)
    assert [each.id for each in commands_by_user(user=cast.manager, user_id=driver.id).items] == [by_driver.id]
    assert [each.id for each in commands_by_user(user=driver).items] == [by_driver.id]
    assert not commands_by_user(user=cast.rival, user_id=driver.id).items
    with pytest.raises(Forbidden):
        commands_by_user(user=driver, user_id=cast.owner.id)
    assert own_command(user=driver, pvin=pvin, command_id=by_driver.id).id == by_driver.id
    with pytest.raises(NotFound):
        own_command(user=driver, pvin=pvin, command_id=by_owner.id)
    with pytest.raises(NotFound):
        own_command(user=driver, pvin="5f" * 32, command_id=by_driver.id)


def test_a_ride_that_is_nobodys(cast: Cast, pvin: str) -> None:
    with pytest.raises(NotFound):
        send_command(user=cast.owner, pvin=pvin, name=CommandName.LOCK, booking_id=org(cast))
