"""The pages of a fleet's vehicles: buttons, what becomes of a command, and the driver's way to them."""

import re
from typing import Any

import pytest
from django.test import Client

from atlas.dynamo.attributes import utc_now
from bookings.rules.lifecycle import BookingStatus
from fleet.assignments.people import assign_vehicle
from telemetry.commands.simulated import Mood, car, control
from telemetry.commands.tables import Command
from telemetry.rules.commands import CommandStatus
from tests.bookings.stage import Cast, assigned, browser, driven, make_cast
from tests.fleet.members import member
from tests.telemetry.commands.cars import commanded


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def pvin(cast: Cast) -> str:
    return commanded(cast)


def tell(client: Client, pvin: str, command: str, **more: str) -> Any:
    return client.post(f"/fleet/vehicles/{pvin}/command/", {"command": command, **more}, follow=True)


def test_a_click_and_what_becomes_of_it(cast: Cast, pvin: str) -> None:
    client = browser(cast.owner)
    listed = client.get("/fleet/vehicles/").content.decode()
    assert cast.sedan.plate_number in listed
    assert f"/fleet/vehicles/{pvin}/" in listed
    control(pvin, asleep=True)
    shown = tell(client, pvin, "climate_on", temperature="21,5").content.decode()
    assert 'data-command="WAITING"' in shown
    assert "the vehicle is waking up" in shown
    assert "21.5 °C" in shown
    assert 'hx-trigger="every 2s"' in shown
    part = client.get(f"/fleet/vehicles/{pvin}/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="vehicle-live"')
    shown = tell(client, pvin, "lock").content.decode()
    assert 'data-command="DONE"' in shown
    assert ">locked<" in shown


def test_the_same_form_twice_is_one_command(cast: Cast, pvin: str) -> None:
    client = browser(cast.owner)
    found = re.search(r'name="key" value="([^"]+)"', client.get(f"/fleet/vehicles/{pvin}/").content.decode())
    assert found is not None
    for _ in range(3):
        tell(client, pvin, "honk", key=found[1])
    assert car(pvin).done == ("honk",)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"command": "fly"}, "no such command"),
        ({"command": "climate_on", "temperature": "warm"}, "no number"),
        ({"command": "climate_on", "temperature": "90"}, "degrees Celsius"),
        ({"command": "climate_on", "temperature": "nan"}, "degrees Celsius"),
    ],
)
def test_what_makes_no_sense_is_said(cast: Cast, pvin: str, form: dict[str, str], said: str) -> None:
    assert said in tell(browser(cast.owner), pvin, **form).content.decode()
    assert not car(pvin).done


def test_what_went_wrong_is_said_in_words(cast: Cast, pvin: str) -> None:
    control(pvin, mood=Mood.REFUSES)
    assert "the vehicle refused" in tell(browser(cast.manager), pvin, "lock").content.decode()


def test_a_viewer_looks_and_has_no_buttons(cast: Cast, pvin: str) -> None:
    viewer = member(cast, "viewer")
    assign_vehicle(user=cast.owner, organization_id=str(cast.operator.organization_id), user_id=viewer.id, pvin=pvin)
    shown = browser(viewer).get(f"/fleet/vehicles/{pvin}/").content.decode()
    assert 'value="unlock"' not in shown
    assert browser(viewer).post(f"/fleet/vehicles/{pvin}/command/", {"command": "lock"}).status_code == 403


@pytest.mark.slow
@pytest.mark.usefixtures("sandbox")
def test_the_driver_comes_by_the_ride(cast: Cast, pvin: str) -> None:
    client = browser(cast.chauffeur)
    booking = assigned(cast, hours_ahead=5)
    page = f"/bookings/{booking.id}/"
    way = f"/fleet/vehicles/{pvin}/?booking={booking.id}"
    assert way not in client.get(page).content.decode(), "hours before it"
    assert client.get(way).status_code == 409
    booking.pickup_at = utc_now()
    booking.save()
    assert way in client.get(page).content.decode()
    assert way not in browser(cast.concierge).get(page).content.decode()
    shown = client.get(way).content.decode()
    assert "Back to the ride" in shown
    told = tell(client, pvin, "unlock", booking=booking.id).content.decode()
    assert 'data-command="DONE"' in told
    [sent] = Command.query(cast.chauffeur.id, consistent_read=True)
    assert (sent.status, sent.role, sent.booking_id) == (CommandStatus.DONE, "ride", booking.id)
    assert client.get(f"/fleet/vehicles/{pvin}/").status_code == 404, "without the ride it is nobody's of theirs"


@pytest.mark.usefixtures("sandbox")
def test_a_ride_that_is_over_has_no_way_to_it(cast: Cast, pvin: str) -> None:
    booking = driven(cast, BookingStatus.COMPLETED, hours_ahead=4)
    assert f"/fleet/vehicles/{pvin}" not in browser(cast.chauffeur).get(f"/bookings/{booking.id}/").content.decode()
