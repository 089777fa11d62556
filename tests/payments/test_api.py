"""Payments over REST: who may see and do what, the shape on the wire, lists of a booking and of a period."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.rules.roles import Role, StaffRole
from accounts.tables import User as UserItem
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import transact
from atlas.local.square.testing import SandboxControl
from atlas.local.square.webhooks import sign
from payments import services
from payments.api import SIGNATURE
from payments.tables import PaymentTransaction
from tests.payments.conftest import CONCIERGE, OPERATOR, Opener, stored

pytestmark = pytest.mark.urls("tests.payments.urls")

Client = Callable[[], APIClient]
URL = "/api/v1/transactions"


def client(role: Role, *, id: str | None = None, profile_id: str | None = None) -> APIClient:
    item = UserItem(
        id=id or str(uuid4()),
        name="N",
        email=f"{uuid4()}@x.example",
        password_hash="",
        role=role,
        profile_id=profile_id,
        staff_role=StaffRole.SUPERUSER if role is Role.ADMIN else None,
    )
    found = APIClient()
    found.force_authenticate(User.from_item(item))
    return found


ADMIN = partial(client, Role.ADMIN)
PAYEE = partial(client, Role.OPERATOR, profile_id=OPERATOR)
PAYER = partial(client, Role.CONCIERGE, id=CONCIERGE)
OTHER_PAYER = partial(client, Role.CONCIERGE)
OTHER_PAYEE = partial(client, Role.OPERATOR, profile_id=str(uuid4()))
UNNAMED_PAYEE = partial(client, Role.OPERATOR)
DRIVER = partial(client, Role.DRIVER, profile_id=OPERATOR)

INSIDERS, OUTSIDERS = [ADMIN, PAYEE, PAYER], [OTHER_PAYER, OTHER_PAYEE, UNNAMED_PAYEE, DRIVER]


@pytest.mark.parametrize("who", INSIDERS)
def test_a_party_sees_the_payment_in_the_seeds_names(sandbox: SandboxControl, captured: Opener, who: Client) -> None:
    row = captured()
    answer = who().get(f"{URL}/{row.id}")
    assert answer.status_code == 200
    body = answer.json()
    assert body["id"] == row.id
    assert body["bookingId"] == row.reference
    assert (body["amount"], body["currency"], body["refunded"]) == (24_500, "USD", 0)
    assert (body["status"], body["method"]) == ("CAPTURED", "CARD")
    assert body["paymentGatewayId"] == row.payment_gateway_id
    assert (body["metadata"]["cardLast4"], body["metadata"]["cardBrand"]) == ("5858", "VISA")
    assert body["metadata"]["receiptUrl"].startswith("http")
    assert body["createdAt"].endswith("Z")
    assert answer["ETag"] == f'"{stored(row).version}"'


def test_neither_token_nor_keys_leave(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened(source_id="cnon:very-secret")
    text = ADMIN().get(f"{URL}/{row.id}").content.decode()
    assert "very-secret" not in text
    assert row.operations[0].key not in text


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("path", ["", "/capture", "/refund"])
def test_outsiders_learn_nothing(sandbox: SandboxControl, authorized: Opener, who: Client, path: str) -> None:
    row, asker = authorized(), who()
    answer = asker.post(f"{URL}/{row.id}{path}", {"reason": "x"}) if path else asker.get(f"{URL}/{row.id}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert sandbox.payments()[0]["status"] == "APPROVED"


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (ADMIN, "/capture", 200),
        (PAYEE, "/capture", 200),
        (PAYER, "/capture", 403),
        (PAYEE, "/refund", 403),
        (PAYER, "/refund", 403),
    ],
)
def test_insiders_do_what_their_part_allows(
    sandbox: SandboxControl, authorized: Opener, who: Client, path: str, status: int
) -> None:
    row = authorized()
    body = {"reason": "x"} if path == "/refund" else {}
    assert who().post(f"{URL}/{row.id}{path}", body, format="json").status_code == status


def test_strangers_sign_in_first(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    for answer in (
        APIClient().get(URL),
        APIClient().get(f"{URL}/{row.id}"),
        APIClient().post(f"{URL}/{row.id}/capture"),
        APIClient().post(f"{URL}/{row.id}/refund"),
    ):
        assert answer.status_code == 401


def test_a_part_is_captured_and_refunded(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    taken = ADMIN().post(f"{URL}/{row.id}/capture", {"amount": 9_000}, format="json").json()
    assert (taken["status"], taken["amount"]) == ("CAPTURED", 9_000)
    back = ADMIN().post(f"{URL}/{row.id}/refund", {"amount": 4_000, "reason": "Late 🚗"}, format="json").json()
    assert [(each["amount"], each["status"], each["reason"]) for each in back["refunds"]] == [
        (4_000, "pending", "Late 🚗")
    ]


def test_the_same_click_refunds_once(sandbox: SandboxControl, captured: Opener) -> None:
    row, admin = captured(), ADMIN()
    for _ in range(3):
        answer = admin.post(
            f"{URL}/{row.id}/refund", {"amount": 4_000, "reason": "Late"}, format="json", HTTP_IDEMPOTENCY_KEY="k-1"
        )
        assert answer.status_code == 200
    assert len(sandbox.refunds()) == 1
    other = admin.post(
        f"{URL}/{row.id}/refund", {"amount": 1, "reason": "Late"}, format="json", HTTP_IDEMPOTENCY_KEY="k-1"
    )
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("capture", {"amount": 0}),
        ("capture", {"amount": -5}),
        ("capture", {"amount": 10.5}),
        ("capture", {"amount": "100"}),
        ("capture", {"amount": True}),
        ("capture", {"amount": 10**20}),
        ("capture", {"amuont": 5}),
        ("capture", [1]),
        ("refund", {}),
        ("refund", {"reason": ""}),
        ("refund", {"reason": "x" * 500}),
        ("refund", {"reason": "x", "amount": 0}),
    ],
)
def test_bad_input_is_a_400(sandbox: SandboxControl, captured: Opener, path: str, body: Any) -> None:
    answer = ADMIN().post(f"{URL}/{captured().id}/{path}", body, format="json")
    assert answer.status_code == 400
    assert sandbox.refunds() == []


def test_too_much_is_a_conflict(sandbox: SandboxControl, authorized: Opener) -> None:
    answer = ADMIN().post(f"{URL}/{authorized().id}/capture", {"amount": 24_501}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "exceeds_authorized")


def test_an_unanswering_provider_is_a_503(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    sandbox.inject("error_before", count=2, status=502)
    answer = ADMIN().post(f"{URL}/{row.id}/capture", {}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "payment_unknown")
    assert int(answer["Retry-After"]) > 0


def test_the_payments_of_a_booking_newest_first(opened: Opener) -> None:
    reference = str(uuid4())
    rows = [opened(reference=reference).id for _ in range(3)]
    for who in (ADMIN, PAYER):
        found = who().get(URL, {"booking": reference}).json()
        assert [each["id"] for each in found["results"]] == rows[::-1]
        assert found["next"] is None
    for who in OUTSIDERS:
        assert who().get(URL, {"booking": reference}).json()["results"] == []


def test_the_payee_sees_what_came_about_and_no_tries(
    sandbox: SandboxControl, authorized: Opener, opened: Opener
) -> None:
    reference = str(uuid4())
    refused, given_up, asked = (opened(reference=reference) for _ in range(3))
    with transact() as tx:
        outcome = services.Declined("GENERIC_DECLINE", "no")
        services.record_authorization(tx=tx, transaction=refused, outcome=outcome)
    services.abandon(transaction=given_up)
    held, released = authorized(reference=reference), authorized(reference=reference)
    services.void(transaction_id=released.id)
    listed = [each["id"] for each in PAYEE().get(URL, {"booking": reference}).json()["results"]]
    assert listed == [released.id, held.id]
    for row in (refused, given_up, asked):
        assert PAYEE().get(f"{URL}/{row.id}").status_code == 404
        assert PAYER().get(f"{URL}/{row.id}").status_code == 200
    assert len(PAYER().get(URL, {"booking": reference}).json()["results"]) == 5


def test_a_period_is_the_admins(opened: Opener) -> None:
    for who in (PAYEE, PAYER, DRIVER):
        assert who().get(URL).status_code == 403


def test_a_period_is_paged_through_without_loss(opened: Opener) -> None:
    """Some days with several payments, long gaps without any, one moment shared by several."""
    start = utc_now().replace(year=2031, month=1, day=1)
    made: list[str] = []
    for day in (0, 0, 0, 1, 5, 5, 47, 90, 90):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            made.append(opened().id)
    admin, found, cursor, pages = ADMIN(), [], "", 0
    while True:
        query = {"from": "2031-01-01", "to": "2031-06-30", "limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = admin.get(URL, query)
        assert answer.status_code == 200
        found += [(each["createdAt"], each["id"]) for each in answer.json()["results"]]
        pages += 1
        cursor = answer.json()["next"]
        if cursor is None:
            break
    assert sorted(each for _, each in found) == sorted(made)
    assert [at for at, _ in found] == sorted((at for at, _ in found), reverse=True)
    assert pages < 15


def test_a_page_of_a_period_asks_a_bounded_number_of_times() -> None:
    admin = ADMIN()
    with measure() as cost:
        assert admin.get(URL, {"from": "2040-01-01", "to": "2040-12-30"}).status_code == 200
    assert cost.calls <= 31
    assert cost.scans == 0


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2031-02-30"},
        {"from": "2031-02-02", "to": "2031-02-01"},
        {"from": "2029-01-01", "to": "2031-02-01"},
        {"booking": "x"},
        {"booking": str(uuid4()), "from": "2031-02-01"},
        {"cursor": "forged"},
        {"limit": "0"},
        {"limit": "101"},
        {"status": "PAID"},
    ],
)
def test_a_bad_query_is_a_400(query: dict[str, str]) -> None:
    assert ADMIN().get(URL, query).status_code == 400


def test_a_cursor_belongs_to_its_list(opened: Opener) -> None:
    reference = str(uuid4())
    for _ in range(2):
        opened(reference=reference)
    cursor = PAYER().get(URL, {"booking": reference, "limit": "1"}).json()["next"]
    assert ADMIN().get(URL, {"booking": reference, "cursor": cursor}).status_code == 400
    assert ADMIN().get(URL, {"cursor": cursor}).status_code == 400


def test_squares_webhook_over_http(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    event = sandbox.events()[0]
    event.pop("deliveries")
    body = json.dumps(event).encode()
    signature = sign(key=django_settings.SQUARE_WEBHOOK_KEY, url=django_settings.SQUARE_WEBHOOK_URL, body=body)

    def post(given: str | None) -> int:
        headers = {SIGNATURE: given} if given is not None else {}
        return (
            APIClient()
            .post("/api/v1/webhooks/square", body, content_type="application/json", headers=headers)
            .status_code
        )

    assert [post(given) for given in (None, "", "no", signature, signature)] == [403, 403, 403, 200, 200]
    assert PaymentTransaction.fetch(row.id).status == row.status
