"""The fleet as its dispatcher sees it: who is where, what is new without a reload, one vehicle found and followed."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from telemetry.devices.services import add_device
from telemetry.ingest.pipeline import ingest
from telemetry.services import give_vin
from telemetry.tables import Device
from tests.bookings.stage import Cast, make_cast
from tests.browser.axe import faults
from tests.browser.conftest import Open
from tests.factories import PASSWORD
from tests.telemetry.numbers import new_vin

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOTS = os.environ.get("ATLAS_SCREENSHOTS", "")
"""A folder for pictures, to look at."""


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


def tracked(cast: Cast, vehicle_id: str) -> Device:
    vin = new_vin()
    give_vin(user=cast.owner, vehicle_id=vehicle_id, vin=vin)
    return add_device(user=cast.owner, vin=vin, name="Tracker").device


def say(device: Device, *, lat: float, speed: float, battery: float) -> None:
    """As the vehicle's device does, now."""
    now = utc_now()
    said = {"timestamp": now.isoformat(), "lat": lat, "lng": -73.99, "heading": 90, "speed": speed}
    assert ingest(device=device, raws=[{**said, "batteryLevel": battery}], now=now).accepted == 1


def open_fleet(page: Page, user: User) -> None:
    page.goto("/sign-in/?next=/fleet/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-live-state]")).to_have_text("Live")


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, True)], ids=["light-desk", "dark-phone"])
def test_a_dispatcher_watches_the_fleet(cast: Cast, open_browser: Open, dark: bool, phone: bool) -> None:
    sedan, suv = tracked(cast, cast.sedan.id), tracked(cast, cast.suv.id)
    say(sedan, lat=40.75, speed=0, battery=64)
    page = open_browser(dark=dark, phone=phone)
    open_fleet(page, cast.owner)
    first, second = (page.locator(f"[data-pvin='{device.pvin}']") for device in (sedan, suv))
    expect(first).to_contain_text("Parked")
    expect(first).to_contain_text("64 %")
    expect(second).to_contain_text("Not heard of")
    expect(page.locator(".map-car")).to_have_count(1)

    say(suv, lat=40.76, speed=10, battery=81)
    expect(second).to_contain_text("Driving")
    expect(second).to_contain_text("36 km/h")
    expect(page.locator(".map-car")).to_have_count(2)

    page.get_by_role("button", name="Driving 1").click()
    expect(first).to_be_hidden()
    second.get_by_role("button").click()
    expect(page.locator(".maplibregl-popup")).to_contain_text(cast.suv.plate_number)
    page.get_by_role("button", name="Driving 1").click()
    page.get_by_label("Find a vehicle").fill(cast.sedan.plate_number.lower())
    expect(second).to_be_hidden()
    expect(first).to_be_visible()
    page.get_by_label("Find a vehicle").fill("no such plate")
    expect(page.get_by_text("No vehicle is like that.")).to_be_visible()
    page.get_by_label("Find a vehicle").fill("")

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"fleet-{'dark-phone' if phone else 'light-desk'}.png", full_page=True)


def test_without_a_map_there_is_the_list(cast: Cast, open_browser: Open) -> None:
    sedan = tracked(cast, cast.sedan.id)
    say(sedan, lat=40.75, speed=0, battery=64)
    page = open_browser(java_script_enabled=False)
    page.goto("/sign-in/?next=/fleet/")
    page.get_by_label("E-mail").fill(cast.owner.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    row = page.locator(f"[data-pvin='{sedan.pvin}']")
    expect(row).to_contain_text(cast.sedan.plate_number)
    expect(row).to_contain_text("Last heard")
    expect(page.locator("[data-map-canvas]")).to_be_hidden()
