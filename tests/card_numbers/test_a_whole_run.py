"""A run in which everybody writes card numbers wherever there is room for text. Nothing of them is left anywhere.

Every operation of the API, every form of every page, every list and deed of the back office, webhooks and headers. No
answer of the API repeats one, either; a page may show those who typed what they typed.
"""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.conf import settings
from pytest_django.fixtures import Settings

from accounts.rules.roles import Role
from atlas.card_numbers import STRUCK
from atlas.local.service import Service
from atlas.local.square.testing import SandboxControl
from atlas.local.square.webhooks import sign
from atlas.logs import configured
from bookings.rules.lifecycle import BookingStatus
from payments.api import SIGNATURE
from payments.tables import PaymentTransaction, WebhookEvent
from tests.backoffice.items import key_of
from tests.backoffice.pages import addresses
from tests.backoffice.pages import tables as admin_tables
from tests.bookings.stage import Cast, accepted, browser, driven, make_cast, quoted, requested
from tests.calls import CALLS
from tests.card_numbers import searching
from tests.card_numbers.writing import NUMBERS, VISA, Forms, fillings, number
from tests.clients import client_of
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("card numbers")]
"""One process, one run: its last test looks through all that the others left."""

WRITING = ("POST", "PUT", "PATCH", "DELETE")
PAGES = (
    "/",
    "/bookings/",
    "/bookings/new/",
    "/bookings/open/",
    "/bookings/{sold}/",
    "/bookings/{sold}/cancel/",
    "/bookings/{paid}/",
    "/bookings/{open}/",
    "/bookings/{open}/cancel/",
    "/bookings/{open}/quotes/{quote}/accept/",
    "/jobs/",
    "/account/",
    "/account/second-factor/",
    "/account/privacy/",
)
OF_STRANGERS = ("/sign-in/", "/password-reset/")
WEBHOOK = "/api/v1/webhooks/square"


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


@pytest.fixture(autouse=True)
def unlimited(settings: Settings) -> None:
    """Behind a 429 nothing is tested."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    settings.LOCKOUT_FAILURES = 10**6


@pytest.fixture(scope="module", autouse=True)
def log() -> Iterator[io.StringIO]:
    """Every line that anybody logs, as production writes it, down to INFO."""
    before, out = structlog.get_config(), io.StringIO()
    formatter = dict(configured(as_json=True, level="INFO")["formatters"]["structured"])
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**before)


@pytest.fixture(autouse=True)
def told_nobody(objects: Service, sandbox: SandboxControl) -> Iterator[None]:
    yield
    assert searching.found(searching.what_was_told(sandbox)) == []


@pytest.fixture(scope="module")
def filled_in() -> set[Any]:
    """Shapes of the back office's forms that were filled in: the search stands on every list."""
    return set()


def check_answer(answer: Any, what: str) -> None:
    assert answer.status_code < 500, what
    if answer.get("Content-Type") == "application/json":
        assert searching.found(iter([(what, answer.content.decode(errors="replace"))])) == []


def loud() -> dict[str, str]:
    """Headers with numbers in them."""
    names = ("User-Agent", "X-Request-ID", "Referer", "Accept-Language", "Idempotency-Key", "X-Forwarded-For")
    return {name: number() for name in names}


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_an_operation_of_the_api(operation: str, cast: Cast, sandbox: SandboxControl) -> None:
    call = CALLS[operation](cast)
    client = client_of(cast.user(call.who) if call.who else None)
    for body in fillings(call.body):
        changed = type(call)(**{**vars(call), "body": body})
        check_answer(changed.send(client, operation), f"{operation} {body}")
    for name in call.query:
        changed = type(call)(**{**vars(call), "query": {**call.query, name: number()}})
        check_answer(changed.send(client, operation), f"{operation}?{name}")
    for name in call.ids:
        changed = type(call)(**{**vars(call), "ids": {**call.ids, name: VISA}})
        check_answer(changed.send(client, operation), f"{operation} {name}")
    check_answer(call.send(client, operation, **loud()), f"{operation} and its headers")


@pytest.mark.parametrize("who", ["concierge", "owner", "chauffeur", "admin"])
def test_every_form_of_the_pages(who: str, cast: Cast, sandbox: SandboxControl) -> None:
    requested_one = requested(cast)
    ids = {
        "open": requested_one.id,
        "quote": quoted(cast, requested_one).id,
        "sold": accepted(cast, hours_ahead=120).id,
        "paid": driven(cast, BookingStatus.COMPLETED).id,
    }
    client, seen = browser(cast.user(who), raise_request_exception=False), set[Any]()
    for path in PAGES:
        page = client.get(path.format(**ids))
        for form in Forms.of(page.content.decode()) if page.status_code == 200 else ():
            target = form.action or path.format(**ids)
            if form.shape in seen or "sign-out" in target:
                continue
            seen.add(form.shape)
            for values in form.filled():
                check_answer(getattr(client, form.method)(target, values, headers=loud()), f"{target} {values}")
        check_answer(client.get(path.format(**ids), {"q": number(), "page": number()}), path)
    assert len(seen) > 3


@pytest.mark.parametrize("path", OF_STRANGERS)
def test_what_strangers_may_fill_in(path: str, cast: Cast) -> None:
    client = browser(cast.concierge)
    client.logout()
    forms = [form for form in Forms.of(client.get(path).content.decode()) if form.method == "post"]
    assert forms
    for form in forms:
        for values in form.filled():
            check_answer(client.post(form.action or path, values, headers=loud()), f"{path} {values}")


@pytest.mark.parametrize("label", sorted(admin_tables()))
def test_the_back_office(label: str, filled_in: set[Any]) -> None:
    """Lists are searched and filtered by numbers; every kind of form of every page is filled with them."""
    client = browser(UserFactory.create(role=Role.ADMIN), raise_request_exception=False)
    for address in addresses(label, key_of(admin_tables()[label].model)):
        check_answer(client.get(address.path, {"q": number(), "created_at__from": number()}), f"{address.path}?q=")
        page = client.get(address.path)
        if page.status_code != 200 or getattr(page, "streaming", False):
            continue
        for form in Forms.of(page.content.decode()):
            if "logout" in form.action or not form.typed or form.shape in filled_in:
                continue
            filled_in.add(form.shape)
            target = form.action or address.path
            for values in form.filled():
                check_answer(getattr(client, form.method)(target, values, headers=loud()), f"{target} {values}")


def test_webhooks(cast: Cast, sandbox: SandboxControl) -> None:
    """Square would not send one. What came in its name is kept struck."""
    row = PaymentTransaction.fetch(str(accepted(cast).transaction_id))
    client = client_of(None)
    for kind in ("payment.updated", "refund.updated", "card.automatically_updated", "dispute.created", "no.such.kind"):
        event_id = str(uuid4())
        object_ = {
            "id": row.payment_gateway_id,
            "payment_id": row.payment_gateway_id,
            "note": f"card {number()}",
            "buyer_email_address": f"{VISA}@example.com",
            number(): number(),
            "card_details": {"card": {"pan": number(), "last_4": "2267"}, "cvv": "123", "number": int(VISA)},
        }
        name = kind.partition(".")[0]
        event = {"event_id": event_id, "type": kind, "merchant_id": number(), "data": {"object": {name: object_}}}
        body = json.dumps(event).encode()
        url = settings.SQUARE_WEBHOOK_URL
        signature = sign(key=settings.SQUARE_WEBHOOK_KEY, url=url, body=body)
        answer = client.generic(
            "POST", WEBHOOK, body.decode(), content_type="application/json", headers={SIGNATURE: signature}
        )
        check_answer(answer, kind)
        kept = WebhookEvent.find(event_id, consistent=True)
        assert kept is None or STRUCK in kept.body


def test_nothing_is_left_of_any_of_it(cast: Cast, log: io.StringIO) -> None:
    """The last of this run; first that the search would find one, and that the log was written."""
    booking = requested(cast)
    for text in NUMBERS:
        booking.details.passenger_name = f"Ms. {text}"
        booking.save()
        assert len(searching.found(searching.of_store())) >= 1
    booking.details.passenger_name = "Ms. Abdi"
    booking.save()
    logging.getLogger("tests").info("paid with %s", VISA)
    assert STRUCK in log.getvalue()
    assert searching.found(searching.what_is_left(log)) == []
