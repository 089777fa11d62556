"""The main job as people do it: three browsers, one ride, from the request to the receipt."""

import os
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.geo.city import TIMEZONE, place
from atlas.geo.distance import cumulative_m, interpolate
from atlas.geo.routing import route
from tests.bookings.stage import Cast, accept, make_cast, quoted, requested
from tests.browser.conftest import Open
from tests.browser.waiting import until, until_true
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

HOTEL, AIRPORT, DEPOT = place("grand-hotel"), place("city-airport"), place("hotel-meridian")
SHOTS = os.environ.get("ATLAS_SCREENSHOTS", "")
"""A folder for pictures of the way, to look at."""
APPROACH = route((DEPOT.lat, DEPOT.lng), (HOTEL.lat, HOTEL.lng))
MAP_READY = 60_000


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


def sign_in(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def fixes(count: int) -> list[dict[str, float]]:
    """Places along the way to the pick-up."""
    along = cumulative_m(APPROACH.points)
    found = [interpolate(APPROACH.points, along[-1] * step / count, cumulative=along) for step in range(count)]
    return [{"latitude": at.lat, "longitude": at.lng} for at in found]


def ask(concierge: Page) -> str:
    """Fill in the request, with its price meanwhile, and send it. Gives its reference."""
    pickup = (utc_now() + timedelta(hours=2)).astimezone(ZoneInfo(TIMEZONE))
    concierge.get_by_role("link", name="New request").first.click()
    concierge.get_by_label("Pick-up").first.fill(HOTEL.label)
    concierge.get_by_label("Drop-off").fill(AIRPORT.label)
    concierge.get_by_label("Date").fill(f"{pickup:%Y-%m-%d}")
    concierge.get_by_label("Time").first.fill(f"{pickup:%H:%M}")
    concierge.get_by_label("Passenger's name").fill("Ms. Abdi")
    concierge.get_by_label("Quiet ride").check()
    concierge.get_by_label("Music").select_option("Jazz")
    expect(concierge.locator("#estimate .money-large")).to_contain_text("$")
    shoot(concierge, "request")
    concierge.get_by_role("button", name="Send to operators").click()
    expect(concierge.get_by_text("Operators are looking at your request.")).to_be_visible()
    expect(concierge.locator("[data-live-state]")).to_have_text("Live")
    return concierge.locator(".page-head .reference").inner_text()


def bid(operator: Page, reference: str) -> None:
    """The request appears by itself; quote for it."""
    row = operator.locator(".booking-row", has_text=reference)
    expect(row).to_be_visible()
    row.get_by_role("link").click()
    operator.get_by_label("Total price").fill("245.00")
    operator.get_by_label("Notes").fill("Black, with water")
    shoot(operator, "quote")
    operator.get_by_role("button", name="Send the quote").click()
    expect(operator.get_by_text("Your quote is with the concierge.")).to_be_visible()


def take(concierge: Page) -> None:
    """The quote appears by itself; a declined card changes nothing, a good one takes it."""
    quote = concierge.locator(".quote", has_text="Meridian Chauffeurs")
    expect(quote).to_contain_text("$245.00")
    expect(quote).to_contain_text("Best value")
    shoot(concierge, "quoted")
    quote.get_by_role("link", name="Choose").click()
    concierge.get_by_label("Test card").select_option("cnon:card-nonce-declined")
    concierge.get_by_role("button", name="Accept and reserve").click()
    expect(concierge.get_by_text("The bank declined the card.")).to_be_visible()
    shoot(concierge, "declined")
    concierge.get_by_label("Test card").select_option("cnon:card-nonce-ok")
    concierge.get_by_role("button", name="Accept and reserve").click()
    expect(concierge.locator("#booking-badge")).to_have_text("Operator assigned")


def assign(operator: Page) -> None:
    """The page becomes that of a ride of theirs by itself."""
    expect(operator.get_by_text("Ms. Abdi")).to_be_visible()
    operator.get_by_label("Driver", exact=True).select_option(label="Marcus Bell")
    shoot(operator, "assign")
    operator.get_by_role("button", name="Assign").click()
    expect(operator.get_by_text("The ride is assigned.")).to_be_visible()


def set_out(driver: Page) -> None:
    """The job appears by itself; share the location, go."""
    expect(driver.get_by_text("Ms. Abdi")).to_be_visible()
    expect(driver.get_by_text("Quiet ride")).to_be_visible()
    shoot(driver, "job")
    driver.get_by_role("button", name="Go online").click()
    driver.get_by_label("Share").check()
    expect(driver.get_by_text("Your location is shared, once a second.")).to_be_visible()
    driver.get_by_role("button", name="I am on my way").click()
    expect(driver.locator("[data-sharing]")).to_have_attribute("data-state", "sharing")


def watch_the_car(concierge: Page, driver: Page, way: list[dict[str, float]]) -> None:
    """The map follows the car, so it is the pick-up's pin that moves on the screen."""
    concierge.wait_for_selector("[data-booking-map][data-ready]", timeout=MAP_READY)
    seen = set()
    for at in way * 5:
        driver.context.set_geolocation(at)  # type: ignore[arg-type]
        driver.wait_for_timeout(1_500)
        pin = concierge.locator(".map-pin-pickup").bounding_box()
        assert pin is not None
        seen.add((round(pin["x"]), round(pin["y"])))
        if at == way[-1] and len(seen) >= 3:
            break
    expect(concierge.locator(".map-car")).to_be_visible()
    expect(concierge.locator('[data-fact="eta"]')).not_to_be_empty()
    assert len(seen) >= 3, f"the map did not follow the car: {seen}"
    bar = concierge.locator("[data-map-progress]")
    until(concierge, "bar => Number(bar.style.getPropertyValue('--progress')) > 0.3", bar.element_handle())
    shoot(concierge, "watching")
    shoot(driver, "driving")


def test_a_ride_from_request_to_receipt(cast: Cast, open_browser: Open) -> None:
    way = fixes(6)
    concierge, operator = open_browser(), open_browser(dark=True)
    driver = open_browser(phone=True, geolocation=way[0], permissions=["geolocation"])
    for page, user in ((concierge, cast.concierge), (operator, cast.owner), (driver, cast.chauffeur)):
        sign_in(page, user)
    expect(operator.locator("[data-feed]")).to_have_text("Live")
    expect(driver.get_by_text("No rides before you")).to_be_visible()
    badge = concierge.locator("#booking-badge")

    bid(operator, ask(concierge))
    take(concierge)
    assign(operator)
    expect(badge).to_have_text("Driver assigned")
    set_out(driver)
    expect(badge).to_have_text("Driver en route")
    watch_the_car(concierge, driver, way[1:])
    for step, now in (
        ("I have arrived", "Arrived"),
        ("Passenger on board", "Passenger onboard"),
        ("Start the ride", "In progress"),
        ("Complete the ride", "Paid"),
    ):
        driver.get_by_role("button", name=step).click()
        expect(badge).to_have_text(now)
    expect(driver.get_by_text("No rides before you")).to_be_visible()
    shoot(concierge, "paid")
    concierge.get_by_role("link", name="Receipt", exact=True).click()
    expect(concierge.locator(".receipt")).to_contain_text("$245.00")
    shoot(concierge, "receipt")


@pytest.mark.usefixtures("sandbox")
def test_what_happens_before_a_slow_page_listens_is_not_missed(cast: Cast, open_browser: Open) -> None:
    """The operator's page is there before its modules are, and meanwhile the concierge takes their quote."""
    operator = open_browser()
    sign_in(operator, cast.owner)
    booking = requested(cast)
    quote = quoted(cast, booking)
    held: list[Route] = []
    operator.route("**/js/live.js", lambda request: held.append(request))  # noqa: PLW0108 (a method cannot be wrapped)
    operator.goto(f"/bookings/{booking.id}/", wait_until="commit")
    expect(operator.get_by_role("heading", name="Your quotes")).to_be_visible()
    until_true(operator, lambda: held, "the module is asked for")
    accept(cast, quote)
    held[0].continue_()
    expect(operator.get_by_label("Driver", exact=True)).to_be_visible()


def test_positions_wait_for_a_connection_and_go_out_in_order(cast: Cast, open_browser: Open) -> None:
    """The module of the driver's page with a line that can be cut."""
    way = fixes(3)
    phone = open_browser(phone=True, geolocation=way[0], permissions=["geolocation"])
    sign_in(phone, cast.chauffeur)
    phone.evaluate(
        """async () => {
            const { LocationSharing } = await import("/static/js/pages/sharing.js");
            window.line = { up: false, sent: [], states: [] };
            line.sharing = new LocationSharing({
                send: (message) => line.up && Boolean(line.sent.push(message)),
                onState: (state, waiting) => line.states.push([state, waiting]),
            });
            line.sharing.start();
        }"""
    )
    for kept, at in enumerate(way, start=1):
        phone.context.set_geolocation(at)  # type: ignore[arg-type]
        until(phone, f"line.states.at(-1)[0] === 'waiting' && line.states.at(-1)[1] >= {kept}")
    assert phone.evaluate("line.states[0]") == ["asking", 0]
    assert phone.evaluate("line.sent") == []
    phone.evaluate("line.up = true")
    until(phone, "line.states.at(-1).join() === 'sharing,0'")
    sent = phone.evaluate("line.sent")
    times = [message["timestamp"] for message in sent]
    assert times == sorted(set(times))
    assert [message["lat"] for message in sent if message["lat"] == way[1]["latitude"]]
    assert set(sent[0]) == {"type", "lat", "lng", "heading", "speed", "timestamp"}
    phone.evaluate("line.sharing.stop()")
    assert phone.evaluate("line.states.at(-1)") == ["off", 0]


def test_a_phone_that_may_not_tell_says_so(cast: Cast, open_browser: Open) -> None:
    phone = open_browser(phone=True, dark=True)
    sign_in(phone, cast.chauffeur)
    phone.get_by_label("Share").click(force=True)  # not check(): a quick refusal has set it back before one looks
    expect(phone.locator("[data-sharing-state]")).to_contain_text("may not use the location")
    expect(phone.get_by_label("Share")).not_to_be_checked()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_nothing_is_wider_than_the_screen(cast: Cast, open_browser: Open, phone: bool, dark: bool) -> None:
    page = open_browser(phone=phone, dark=dark)
    booking = requested(cast, pickup_location="A" * 200, passenger_name="Nebuchadnezzar" * 8)
    quoted(cast, booking, notes="https://example.com/" + "long" * 100)
    sign_in(page, cast.concierge)
    for path in ("/bookings/", "/bookings/new/", f"/bookings/{booking.id}/", f"/bookings/{booking.id}/cancel/"):
        page.goto(path)
        shoot(page, f"wide-{phone}-{dark}-{path.strip('/').rpartition('/')[2]}")
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= screen
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark" if dark else "light")
