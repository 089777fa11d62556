"""What bad input gets, at the finished API: the error manners of every answer, and nothing of it is ever kept.

Each fault is put into a request that is otherwise right. What the parser and the fields refuse one by one is tested in
`tests/atlas/test_bodies.py`; here are the doors, and what only the marketplace's own rules can refuse.
"""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts import tokens
from atlas.dynamo.attributes import utc_now
from bookings import examples
from bookings.tables import Booking, Quote
from tests.bookings.stage import Cast, make_cast, quoted, requested
from tests.clients import access_token, client_of
from tests.factories import PASSWORD

URL = "/api/v1/bookings"
NEXT_YEAR = utc_now().year + 1


def sunday(number: int, month: int) -> str:
    """Of next year."""
    first = date(NEXT_YEAR, month, 1)
    return (first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))).isoformat()


SUMMER, AUTUMN = sunday(2, 3), sunday(1, 11)
"""When New York's clocks go forward, from 2 to 3, and back, from 2 to 1."""


@pytest.fixture(scope="module")
def cast() -> Cast:
    return make_cast(PASSWORD)


@pytest.fixture
def api(cast: Cast) -> APIClient:
    """The concierge's."""
    return client_of(cast.concierge)


def error(answer: Any, status: int) -> dict[str, Any]:
    """The error, in its one form: code, message and the request's id, as JSON, and no trace."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    found: dict[str, Any] = answer.json()["error"]
    assert found["code"] != "internal_error"
    assert found["message"]
    assert found["requestId"] == answer["X-Request-ID"]
    assert "Traceback" not in answer.content.decode()
    return found


def send(api: APIClient, raw: bytes, path: str = URL, **options: Any) -> Any:
    data: Any = raw
    return api.generic("POST", path, data, content_type=options.pop("content_type", "application/json"), **options)


def wanted(**details: Any) -> dict[str, Any]:
    body: dict[str, Any] = deepcopy(examples.REQUEST.value)
    body["details"].update(details)
    return body


def refused_fields(api: APIClient, body: dict[str, Any]) -> set[str]:
    return set(error(send(api, json.dumps(body).encode()), 400)["fields"])


MALFORMED = {
    "no JSON": b"{type: P2P}",
    "cut off": b'{"type": "P2P", "details": {',
    "empty": b"",
    "NaN": b'{"type": "P2P", "details": {"distanceKm": NaN}}',
    "infinity": b'{"type": "P2P", "details": {"distanceKm": -Infinity}}',
    "a number beyond all": b'{"type": "P2P", "details": {"distanceKm": 1e999}}',
    "a number of 5,000 digits": b'{"type": "P2P", "details": {"distanceKm": ' + b"9" * 5000 + b"}}",
    "half a surrogate pair": b'{"type": "P2P", "details": {"pickupLocation": "\\ud800"}}',
    "not UTF-8": b'{"type": "\xff\xfe"}',
    "the same member twice": b'{"type": "P2P", "type": "HOURLY"}',
    "10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "gzip": gzip.compress(json.dumps(examples.REQUEST.value).encode()),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_body_is_malformed(api: APIClient, name: str) -> None:
    assert error(send(api, MALFORMED[name]), 400)["code"] in ("malformed", "invalid")


@pytest.mark.parametrize("body", [[], "P2P", 7, None, True])
def test_a_body_is_an_object(api: APIClient, body: Any) -> None:
    error(send(api, json.dumps(body).encode()), 400)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"surprise": 1}, "details.surprise"),
    "a string for a number": ({"passengerCount": "2"}, "details.passengerCount"),
    "a fraction for a whole": ({"passengerCount": 1.5}, "details.passengerCount"),
    "true for a number": ({"luggageCount": True}, "details.luggageCount"),
    "an object for text": ({"pickupLocation": {"a": 1}}, "details.pickupLocation"),
    "a list for an object": ({"preferences": []}, "details.preferences"),
    "null": ({"date": None}, "details.date"),
    "negative": ({"distanceKm": -1}, "details.distanceKm"),
    "farther than the earth": ({"distanceKm": 1e9}, "details.distanceKm"),
    "off the globe": ({"pickup": {"lat": 91, "lng": 0}}, "details.pickup.lat"),
    "February 30": ({"date": f"{NEXT_YEAR}-02-30"}, "details.date"),
    "year 0": ({"date": "0000-01-01"}, "details.date"),
    "the far past": ({"date": "1999-12-31"}, "details.date"),
    "yesterday's century": ({"date": "2001-01-01"}, "details.date"),
    "the far future": ({"date": "9999-12-31"}, "details.date"),
    "in fifty years": ({"date": f"{NEXT_YEAR + 50}-12-24"}, "details.date"),
    "25 o'clock": ({"time": "25:00"}, "details.time"),
    "a leap second": ({"time": "23:59:60"}, "details.time"),
    "no zone": ({"timezone": "Mars/Olympus"}, "details.timezone"),
    "a path as zone": ({"timezone": "../../etc/passwd"}, "details.timezone"),
    "an hour that is left out": ({"date": SUMMER, "time": "02:30"}, "details.time"),
    "an hour that comes twice": ({"date": AUTUMN, "time": "01:30"}, "details.utcOffset"),
    "no such offset": ({"date": AUTUMN, "time": "01:30", "utcOffset": "+09:00"}, "details.utcOffset"),
    "NUL": ({"passengerName": "Ada\0Byron"}, "details.passengerName"),
    "a huge text": ({"pickupLocation": "x" * 100_000}, "details.pickupLocation"),
    "a huge list": ({"preferences": {"beverages": ["Tea"] * 1000}}, "details.preferences.beverages"),
    "no jurisdiction": ({"taxJurisdiction": "Chicago"}, "details.taxJurisdiction"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_where_it_is(api: APIClient, name: str) -> None:
    details, place = FAULTS[name]
    assert refused_fields(api, wanted(**details)) == {place}


def test_an_hour_that_comes_twice_is_taken_with_its_offset(api: APIClient) -> None:
    found = {
        offset: send(api, json.dumps(wanted(date=AUTUMN, time="01:30", utcOffset=offset)).encode()).json()["pickupAt"]
        for offset in ("-04:00", "-05:00")
    }
    assert found == {"-04:00": f"{AUTUMN}T05:30:00Z", "-05:00": f"{AUTUMN}T06:30:00Z"}


@pytest.mark.parametrize(
    "text", ["🚘 at 9 👩🏽‍✈️", "מלון הנסיך, שער ב", "فندق النخيل", "北京饭店", "Ærøskøbing", "<b>&\"'</b>"]
)
def test_free_text_is_anyones(api: APIClient, text: str) -> None:
    answer = send(api, json.dumps(wanted(pickupLocation=text, passengerName=text)).encode())
    assert answer.status_code == 201
    kept = api.get(f"{URL}/{answer.json()['id']}").json()["details"]
    assert (kept["pickupLocation"], kept["passengerName"]) == (text, text)


@pytest.mark.parametrize("price", [-1, 0, 0.5, 24500.5, "24500", True, None, 10**12, 10**30])
def test_cents_are_whole_and_positive(cast: Cast, price: Any) -> None:
    body = {**examples.QUOTE.value, "vehicleId": cast.sedan.id, "price": price}
    answer = send(client_of(cast.owner), json.dumps(body).encode(), f"{URL}/{requested(cast).id}/quotes")
    assert set(error(answer, 400)["fields"]) == {"price"}


def test_a_body_that_is_too_large_is_not_read(api: APIClient) -> None:
    raw = json.dumps(wanted(passengerName="x" * settings.BODY_LIMIT_BYTES)).encode()
    assert error(send(api, raw), 413)["code"] == "too_large"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x"])
def test_a_body_is_json_by_its_type(api: APIClient, content_type: str) -> None:
    error(send(api, json.dumps(wanted()).encode(), content_type=content_type), 415)


def test_what_we_do_not_have_is_not_acceptable(api: APIClient) -> None:
    error(api.get(URL, headers={"Accept": "application/xml"}), 406)
    assert api.get(URL, headers={"Accept": "text/html, application/json;q=0.5"}).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_a_method_that_is_not_there_says_which_are(api: APIClient, method: str) -> None:
    answer = getattr(api, method)(URL)
    error(answer, 405)
    assert {"GET", "POST"} <= set(answer["Allow"].split(", "))


@pytest.mark.parametrize(
    "id", ["1", "undefined", "%00", "..%2f..%2fetc", "a" * 5000, "%F0%9F%9A%98", "' OR 1=1", "%ff", "%0d%0aX: y"]
)
def test_an_id_of_any_letters_is_not_there(api: APIClient, id: str) -> None:
    error(api.get(f"{URL}/{id}"), 404)
    error(api.get(f"/api/v1/vehicles/{id}"), 404)


def test_somebody_elses_ids_are_not_there(cast: Cast) -> None:
    """The same answer as for ids of nobody's: it does not tell what exists."""
    other = client_of(cast.other_concierge)
    booking = requested(cast)
    quote = quoted(cast, booking)
    for path in ("bookings/{}", "bookings/{}/history", "bookings/{}/quotes", "bookings/{}/track", "transactions/{}"):
        theirs = error(other.get("/api/v1/" + path.format(booking.id)), 404)
        nobodys = error(other.get("/api/v1/" + path.format(uuid4())), 404)
        assert {**theirs, "requestId": ""} == {**nobodys, "requestId": ""}
    error(send(other, json.dumps(examples.ACCEPT.value).encode(), f"/api/v1/quotes/{quote.id}/accept"), 404)
    error(send(other, json.dumps(examples.CANCEL.value).encode(), f"{URL}/{booking.id}/cancel"), 404)
    assert (Booking.fetch(booking.id).version, Quote.fetch(quote.id).version) == (2, 1)


def forged(claims: dict[str, Any], key: str, algorithm: str) -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


TOKENS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "another key": lambda claims, _: forged(claims, "x" * 40, "HS256"),
    "no signature": lambda claims, _: forged(claims, "", "none"),
    "another algorithm": lambda claims, _: forged(claims, settings.TOKEN_KEY, "HS512"),
    "another's id": lambda claims, token: ".".join(
        [token.split(".")[0], forged({**claims, "sub": str(uuid4())}, "k" * 40, "HS256").split(".")[1], token[-43:]]
    ),
    "nobody's id": lambda claims, _: forged({**claims, "sub": str(uuid4())}, settings.TOKEN_KEY, "HS256"),
    "no id": lambda claims, _: forged({**claims, "sub": "me"}, settings.TOKEN_KEY, "HS256"),
    "for refreshing": lambda claims, _: forged({**claims, "aud": tokens.REFRESH}, settings.TOKEN_KEY, "HS256"),
    "long gone": lambda claims, _: forged({**claims, "exp": 1}, settings.TOKEN_KEY, "HS256"),
    "never ends": lambda claims, _: forged({**claims, "exp": "never"}, settings.TOKEN_KEY, "HS256"),
    "nothing": lambda *_: "",
    "no token": lambda *_: "a.b.c",
    "huge": lambda *_: "x" * 20_000,
    "emoji": lambda *_: "🚘",
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_forged_token_is_nobody(cast: Cast, name: str) -> None:
    token = access_token(cast.concierge)
    claims = jwt.decode(token, options={"verify_signature": False})
    answer = APIClient().get("/api/v1/me", headers={"Authorization": f"Bearer {TOKENS[name](claims, token)}"})
    error(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_cursor_belongs_to_its_list(cast: Cast) -> None:
    api, admin = client_of(cast.concierge), client_of(cast.admin)
    for _ in range(2):
        requested(cast)
    cursor = api.get(f"{URL}?limit=1").json()["next"]
    assert api.get(URL, {"limit": 1, "cursor": cursor}).status_code == 200
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for who, path, given in [
        (api, URL, flipped),
        (api, URL, "AAAA"),
        (api, URL, "🚘\0"),
        (api, URL, "x" * 10_000),
        (admin, URL, cursor),
        (client_of(cast.other_concierge), URL, cursor),
        (api, f"{URL}?status=SOURCING", cursor),
        (admin, "/api/v1/bookings/open", cursor),
        (admin, "/api/v1/operators", cursor),
    ]:
        query = {} if "?" not in path else {"status": "SOURCING"}
        answer = who.get(path.partition("?")[0], {**query, "cursor": given})
        assert error(answer, 400)["code"] == "invalid_cursor"


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=1e3", "limit=x", "limit=", "limit=٣"])
def test_a_limit_is_1_to_100(api: APIClient, query: str) -> None:
    assert set(error(api.get(f"{URL}?{query}"), 400)["fields"]) == {"limit"}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("surprise=1", "surprise"),
        ("status=NOPE", "status"),
        ("status=SOURCING&status=PAID", "status"),
        ("from=yesterday", "from"),
        ("to=", "to"),
        ("from=2026-02-30T00:00:00Z", "from"),
        ("status=%00", "status"),
    ],
)
def test_a_parameter_is_known_and_given_once(api: APIClient, query: str, place: str) -> None:
    assert set(error(api.get(f"{URL}?{query}"), 400)["fields"]) == {place}
