"""The live map of a ride in a real browser: shipped templates, styles and modules under the strict policy."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Template
from playwright.sync_api import Browser, Page, expect, sync_playwright

from atlas.geo.city import TIMEZONE, place
from atlas.geo.distance import cumulative_m, interpolate
from atlas.geo.routing import route
from tests.browser.site import Site, running
from tests.browser.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
READY_MS = 60_000
PAGE = """{% extends "base.html" %}{% load static ui %}
{% block styles %}<link rel="stylesheet" href="{% static 'vendor/maplibre-gl/maplibre-gl.css' %}">
<link rel="stylesheet" href="{% static 'css/map.css' %}">{% endblock %}
{% block content %}<h1>Ride</h1>{% booking_map data "/ws/bookings/1/" "/poll" %}{% endblock %}
{% block scripts %}<script type="module" src="{% static 'js/map/booking_map.js' %}"></script>{% endblock %}"""

HOTEL, AIRPORT = place("grand-hotel"), place("city-airport")
RIDE = route((HOTEL.lat, HOTEL.lng), (AIRPORT.lat, AIRPORT.lng))
ALONG = cumulative_m(RIDE.points)
LINE = {"points": [[lng, lat] for lat, lng in RIDE.points]}


def location(metres: float) -> dict[str, Any]:
    at = interpolate(RIDE.points, metres, cumulative=ALONG)
    return {**at._asdict(), "speed": 42.4, "timestamp": "2026-12-24T23:31:05Z"}


def snapshot(metres: float) -> dict[str, Any]:
    return {
        "type": "snapshot",
        "booking": {},
        "route": LINE,
        "location": location(metres),
        "progress": metres / RIDE.distance_m,
        "etaSeconds": 540,
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def site() -> Iterator[Site]:
    ends = {"pickup": HOTEL, "dropoff": AIRPORT}
    data = {name: {"lat": p.lat, "lng": p.lng, "label": p.label} for name, p in ends.items()}
    html = Template(PAGE).render(Context({"data": {**data, "timezone": TIMEZONE, "route": LINE, "location": None}}))
    with running(Site(pages={"/": html, "/poll": lambda: snapshot(9_000)}, feed=[snapshot(8_000)])) as started:
        yield started


NOTE_ITS_PLACES = """() => {
    const car = document.querySelector(".map-car");
    window.carPlaces = [];
    const note = () => carPlaces.push(car.getBoundingClientRect().x);
    new MutationObserver(note).observe(car, { attributeFilter: ["style"] });
}"""
STANDS_STILL = """() => {
    const at = document.querySelector(".map-car").getBoundingClientRect().x;
    const still = at === window.carWas;
    window.carWas = at;
    return still;
}"""
"""Asked now and then: is the car where it was when this was last asked?"""


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page that fails its test when it logs an error, asks anybody else, or misses a file."""
    context = browser.new_context(viewport={"width": 1100, "height": 800}, color_scheme="light")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "WebSocket" not in m.text else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda q: wrong.append(q.url) if not q.url.startswith((site.url, "data:", "blob:")) else None)
    opened.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    yield opened
    context.close()
    assert wrong == []


def open_map(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.wait_for_selector("[data-booking-map][data-ready]", timeout=READY_MS)


def test_the_map_is_drawn_without_asking_anybody_else(page: Page, site: Site) -> None:
    open_map(page, site)
    expect(page.locator(".map-pin")).to_have_count(2)
    expect(page.locator(".map-car")).to_be_visible()
    expect(page.get_by_text("Synthetic demo city")).to_be_visible()
    expect(page.locator("[data-live-state]")).to_have_text("Live")
    expect(page.locator('[data-fact="eta"]')).to_have_text("9 min")
    expect(page.locator('[data-fact="speed"]')).to_have_text("42 km/h")


def test_the_car_glides_to_each_new_position_and_turns(page: Page, site: Site) -> None:
    """Off the centre, as the map follows: the car's own transform says where it is on the canvas."""
    open_map(page, site)
    page.mouse.move(400, 400)
    page.mouse.down()
    page.mouse.move(300, 380, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Follow the car")).to_be_visible()
    until(page, STANDS_STILL)
    before = page.locator(".map-car").bounding_box()
    page.evaluate(NOTE_ITS_PLACES)
    site.push({"type": "location", "location": location(8_050), "progress": 0.35, "etaSeconds": 480})
    until(page, "carPlaces.length > 3")
    until(page, STANDS_STILL)
    after = page.locator(".map-car").bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] > before["x"] + 2, "the car went east"
    between = {x for x in page.evaluate("carPlaces") if before["x"] < x < after["x"]}
    assert len(between) >= 3, "it jumped"
    expect(page.locator('[data-fact="eta"]')).to_have_text("8 min")
    assert "rotate" in (page.locator(".map-car").get_attribute("style") or "")


def test_after_the_ride_there_is_no_car(page: Page, site: Site) -> None:
    open_map(page, site)
    expect(page.locator(".map-car")).to_be_visible()
    site.push({"type": "booking", "action": "arrive", "booking": {"id": "1", "status": "ARRIVED"}})
    site.push({"type": "location", "location": location(8_050), "etaSeconds": 0})
    expect(page.locator('[data-fact="eta"]')).to_have_text("0 min")
    expect(page.locator(".map-car")).to_be_visible()
    site.push({"type": "booking", "action": "complete", "booking": {"id": "1", "status": "COMPLETED"}})
    expect(page.locator(".map-car")).to_have_count(0)
    for fact in ("eta", "speed", "seen"):
        expect(page.locator(f'[data-fact="{fact}"]')).to_be_hidden()


def test_the_time_of_a_position_is_by_the_clock_of_the_pick_up(page: Page, site: Site) -> None:
    open_map(page, site)
    expect(page.locator('[data-fact="seen"]')).to_have_text("18:31:05")


def test_other_messages_reach_the_page_as_events(page: Page, site: Site) -> None:
    open_map(page, site)
    page.evaluate("() => document.body.addEventListener('live:quote', (e) => (document.title = e.detail.quote.id))")
    site.push({"type": "quote", "quote": {"id": "q-1"}})
    expect(page).to_have_title("q-1")


def test_a_broken_feed_is_polled_and_taken_up_again(page: Page, site: Site) -> None:
    open_map(page, site)
    state = page.locator("[data-live-state]")
    site.feed = [{**snapshot(9_500), "etaSeconds": 60}]
    site.drop()
    expect(state).not_to_have_text("Live")
    expect(state).to_have_text("Live")
    expect(page.locator('[data-fact="eta"]')).to_have_text("1 min")
    assert site.opened == 2


def test_while_there_is_no_socket_the_page_polls(page: Page, site: Site) -> None:
    site.close_code = 1011
    site.pages["/poll"] = lambda: {**snapshot(9_000), "etaSeconds": 720}
    page.goto(site.url)
    expect(page.locator("[data-live-state]")).to_have_text("Updating every 5 s")
    expect(page.locator('[data-fact="eta"]')).to_have_text("12 min")


@pytest.mark.parametrize("code", [4401, 4403, 4404])
def test_a_refusal_is_final(page: Page, site: Site, code: int) -> None:
    site.close_code = code
    page.goto(site.url)
    expect(page.locator("[data-live-state]")).to_have_text("No live updates")
    page.wait_for_timeout(2_500)
    assert site.opened == 1


def test_without_webgl_the_ride_is_a_list(page: Page, site: Site) -> None:
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return /webgl/.test(kind) ? null : get.call(this, kind, ...rest); };"
    )
    page.goto(site.url)
    expect(page.locator("[data-map-list]")).to_be_visible()
    expect(page.locator("[data-map-list]")).to_contain_text("Grand Hotel, Maple Street 1")
    expect(page.locator("[data-map-canvas]")).to_be_hidden()
    expect(page.locator('[data-fact="eta"]')).to_have_text("9 min")


def test_the_theme_changes_the_page_and_the_map_and_is_remembered(page: Page, site: Site) -> None:
    open_map(page, site)
    light = page.screenshot()
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_selector("[data-booking-map][data-ready]", timeout=READY_MS)
    dark = page.screenshot()
    assert light != dark
    assert json.loads(page.evaluate("() => JSON.stringify(localStorage.getItem('atlas-theme'))")) == "dark"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_selector("[data-booking-map][data-ready]", timeout=READY_MS)
    expect(page.locator(".map-car")).to_be_visible()
