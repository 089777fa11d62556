"""The payment page: whose card field it shows, under which policy, and what it says of a payment's fate."""

from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings

from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from payments.checks import find_page_faults
from tests.bookings.stage import Cast, browser, quoted, requested

JSON = {"accept": "application/json"}
SQUARE = {"SQUARE_ENVIRONMENT": "sandbox", "SQUARE_APPLICATION_ID": "sandbox-sq0idb-x"}


@pytest.fixture
def square(settings: LazySettings) -> LazySettings:
    for name, value in SQUARE.items():
        setattr(settings, name, value)
    return settings


def opened(cast: Cast) -> tuple[Any, Booking, str]:
    booking = requested(cast)
    quote = quoted(cast, booking)
    return browser(cast.concierge), booking, f"/bookings/{booking.id}/quotes/{quote.id}/accept/"


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def directives(answer: Any) -> dict[str, set[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in parts}


def test_locally_the_policy_is_every_page_s(cast: Cast) -> None:
    client, booking, path = opened(cast)
    assert directives(client.get(path)) == directives(client.get(f"/bookings/{booking.id}/"))
    assert "squarecdn" not in text(client.get(path))


def test_square_s_hosts_are_allowed_on_this_page_alone(cast: Cast, square: LazySettings) -> None:
    square.SQUARE_CHALLENGE_FRAMES = ["https://acs.bank.example"]
    client, booking, path = opened(cast)
    page = client.get(path)
    library = "https://sandbox.web.squarecdn.com"
    allowed = directives(page)
    assert allowed["script-src"] == {"'self'", library}
    assert allowed["style-src"] == {"'self'", library}
    assert allowed["frame-src"] == {library, "https://acs.bank.example"}
    assert {library, "https://pci-connect.squareupsandbox.com"} < allowed["connect-src"]
    assert "https://pci-connect.squareup.com" not in allowed["connect-src"]
    assert "square" not in client.get(f"/bookings/{booking.id}/")["Content-Security-Policy"]
    html = text(page)
    assert "sandbox-sq0idb-x" in html
    assert "card-nonce" not in html  # no labelled outcomes beside a real card field
    assert '<select name="source_id"' not in html


def test_the_card_field_s_token_is_taken(cast: Cast, square: LazySettings, sandbox: SandboxControl) -> None:
    client, booking, path = opened(cast)
    answer = client.post(path, {"source_id": "cnon:card-nonce-ok"}, headers=JSON)
    assert answer.json() == {"state": "closed", "href": f"/bookings/{booking.id}/"}
    assert Booking.fetch(booking.id).status is BookingStatus.OPERATOR_ASSIGNED
    assert client.get(f"{path}state/").json() == {"state": "sold", "href": f"/bookings/{booking.id}/"}


def test_a_card_s_number_is_not_taken_for_a_token(cast: Cast, square: LazySettings) -> None:
    client, booking, path = opened(cast)
    for headers in ({}, JSON):
        answer = client.post(path, {"source_id": "4111 1111 1111 1111"}, headers=headers)
        assert answer.status_code == 400
        assert "4111" not in text(answer)
        assert "card number" in text(answer)
    assert Booking.fetch(booking.id).status is BookingStatus.QUOTING


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("cnon:card-nonce-rejected-cvv", "The security code is wrong."),
        ("cnon:card-nonce-rejected-postalcode", "The postal code is not the card"),
        ("cnon:card-nonce-declined", "The bank declined the card."),
    ],
)
def test_a_decline_is_explained(cast: Cast, sandbox: SandboxControl, token: str, said: str) -> None:
    client, _booking, path = opened(cast)
    answer = client.post(path, {"source_id": token}, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["state"] == "open"
    assert answer.json()["said"].startswith(said)
    assert "Nothing was charged" in answer.json()["advice"]
    assert said in text(client.post(path, {"source_id": token})).replace("&#x27;", "'")


def test_the_state_tells_what_became_of_it(cast: Cast, sandbox: SandboxControl) -> None:
    client, booking, path = opened(cast)
    assert client.get(f"{path}state/").json() == {"state": "open"}
    with patch("payments.services.authorize", side_effect=Unavailable):
        assert client.post(path, {"source_id": "cnon:card-nonce-ok"}, headers=JSON).status_code == 503
    assert client.get(f"{path}state/").json() == {"state": "waiting"}
    services.settle_acceptance(booking_id=booking.id)
    assert client.get(f"{path}state/").json()["state"] == "sold"
    assert sandbox.authorizations(booking.id) == 1


def test_the_state_is_the_concierge_s_alone(cast: Cast) -> None:
    _client, _booking, path = opened(cast)
    assert browser(cast.rival).get(f"{path}state/").status_code == 404
    assert browser(cast.other_concierge).get(f"{path}state/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ""),
        ({**SQUARE, "SQUARE_BASE_URL": "https://connect.squareupsandbox.com"}, ""),
        (
            {
                "SQUARE_ENVIRONMENT": "production",
                "SQUARE_BASE_URL": "https://connect.squareup.com",
                "SQUARE_APPLICATION_ID": "sq0idp-x",
            },
            "",
        ),
        (SQUARE, "SQUARE_BASE_URL"),
        ({**SQUARE, "SQUARE_BASE_URL": "https://connect.squareup.com"}, "SQUARE_BASE_URL"),
        ({**SQUARE, "SQUARE_BASE_URL": None}, "SQUARE_BASE_URL"),
        (
            {**SQUARE, "SQUARE_BASE_URL": "https://connect.squareupsandbox.com", "SQUARE_APPLICATION_ID": "sq0idp-x"},
            "SQUARE_APPLICATION_ID",
        ),
        ({"PRODUCTION": True}, "SQUARE_ENVIRONMENT"),
        ({"SQUARE_CHALLENGE_FRAMES": ["'unsafe-inline'"]}, "SQUARE_CHALLENGE_FRAMES"),
        ({"SQUARE_CHALLENGE_FRAMES": ["*"]}, "SQUARE_CHALLENGE_FRAMES"),
    ],
    ids=str,
)
def test_the_page_goes_with_the_api_behind_it(settings: LazySettings, changes: dict[str, Any], fault: str) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    faults = find_page_faults()
    assert bool(faults) == bool(fault)
    assert fault in " ".join(faults)
