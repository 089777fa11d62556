"""Payments of the local Square sandbox, through the real SDK."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from square import Square
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl, SandboxServer

from .conftest import NO_RETRY

Authorize = Callable[..., Any]
USD_100 = {"amount": 10_000, "currency": "USD"}


def refused(error: pytest.ExceptionInfo[ApiError]) -> tuple[int | None, str, str | None]:
    [only] = error.value.errors
    return error.value.status_code, str(only.code), only.field


def test_authorise_and_capture(authorize: Authorize, square: Square) -> None:
    payment = authorize(note="Ride to JFK", customer_id="CUSTOMER1", buyer_email_address="a@example.com")
    assert (payment.status, payment.card_details.status) == ("APPROVED", "AUTHORIZED")
    assert payment.amount_money.amount == payment.total_money.amount == payment.approved_money.amount == 10_000
    assert (payment.reference_id, payment.note, payment.customer_id) == ("ATL-ABC123", "Ride to JFK", "CUSTOMER1")
    assert (payment.card_details.card.card_brand, payment.card_details.card.last4) == ("VISA", "5858")
    assert payment.receipt_url is None
    created, until = (datetime.fromisoformat(text) for text in (payment.created_at, payment.delayed_until))
    assert until - created == timedelta(days=7)

    done = square.payments.complete(payment.id, version_token=payment.version_token).payment
    assert done is not None
    assert (done.status, done.card_details.status) == ("COMPLETED", "CAPTURED")
    assert done.version_token != payment.version_token
    assert done.receipt_number == payment.id[:4]
    assert square.payments.get(payment.id).payment == done


def test_autocomplete_captures_at_once(authorize: Authorize) -> None:
    payment = authorize(autocomplete=True, tip_money={"amount": 500, "currency": "USD"})
    assert (payment.status, payment.card_details.status, payment.total_money.amount) == (
        "COMPLETED",
        "CAPTURED",
        10_500,
    )


def test_receipt_page_is_there(authorize: Authorize, square_server: SandboxServer) -> None:
    payment = authorize(autocomplete=True, note="<script>alert(1)</script>")
    assert payment.receipt_url.startswith(square_server.base_url)
    page = httpx.get(payment.receipt_url, trust_env=False)
    assert page.status_code == 200
    assert "100.00 USD" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("cnon:card-nonce-declined", "GENERIC_DECLINE"),
        ("cnon:card-nonce-rejected-cvv", "CVV_FAILURE"),
        ("cnon:card-nonce-rejected-postalcode", "ADDRESS_VERIFICATION_FAILURE"),
        ("cnon:card-nonce-rejected-expiration", "INVALID_EXPIRATION"),
        ("cnon:atlas-insufficient-funds-3f2c1f7e-58a1-4f0e-9d0a-6f3f3f0c2b11", "INSUFFICIENT_FUNDS"),
    ],
)
def test_declined_card_leaves_a_failed_payment(
    authorize: Authorize, square: Square, control: SandboxControl, source: str, code: str
) -> None:
    with pytest.raises(ApiError) as error:
        authorize(source_id=source)
    assert refused(error) == (400, code, None)
    assert error.value.errors[0].category == "PAYMENT_METHOD_ERROR"
    failed = square.payments.get(error.value.body["payment"]["id"]).payment
    assert failed is not None
    assert (failed.status, failed.card_details.status) == ("FAILED", "FAILED")
    assert control.authorizations("ATL-ABC123") == 0
    with pytest.raises(ApiError) as error:
        square.payments.complete(str(failed.id), request_options=NO_RETRY)
    assert refused(error)[1] == "DELAYED_TRANSACTION_FAILED"


def test_token_of_the_payment_page_works_once(authorize: Authorize) -> None:
    source = f"cnon:atlas-ok-{uuid.uuid4()}"
    assert authorize(source_id=source).status == "APPROVED"
    with pytest.raises(ApiError) as error:
        authorize(source_id=source)
    assert refused(error) == (400, "CARD_TOKEN_USED", "source_id")


def test_declined_token_of_the_payment_page_is_used_up_too(authorize: Authorize) -> None:
    source = f"cnon:atlas-declined-{uuid.uuid4()}"
    codes = []
    for _ in range(2):
        with pytest.raises(ApiError) as error:
            authorize(source_id=source)
        codes.append(refused(error)[1])
    assert codes == ["GENERIC_DECLINE", "CARD_TOKEN_USED"]


def test_already_used_token(authorize: Authorize, control: SandboxControl) -> None:
    with pytest.raises(ApiError) as error:
        authorize(source_id="cnon:card-nonce-already-used")
    assert refused(error) == (400, "CARD_TOKEN_USED", "source_id")
    assert control.payments() == []


@pytest.mark.parametrize(
    "source",
    [
        "4111111111111111",
        "cnon:atlas-ok-nouuid",
        "cnon:atlas-bogus-3f2c1f7e-58a1-4f0e-9d0a-6f3f3f0c2b11",
        "cnon:",
        "CASH",
    ],
)
def test_token_nobody_issued(authorize: Authorize, control: SandboxControl, source: str) -> None:
    with pytest.raises(ApiError) as error:
        authorize(source_id=source)
    assert refused(error) == (404, "NOT_FOUND", "source_id")
    assert control.payments() == []


def test_other_tokens_are_approved(authorize: Authorize) -> None:
    assert authorize(source_id="cnon:CBASEJqyqyjKcF4zUWvRFM4").status == "APPROVED"


def test_same_key_replays_the_stored_answer(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    source, key = f"cnon:atlas-ok-{uuid.uuid4()}", "key-1"
    first = authorize(source_id=source, idempotency_key=key)
    square.payments.complete(first.id)
    assert authorize(source_id=source, idempotency_key=key) == first
    assert control.authorizations("ATL-ABC123") == 1


def test_same_key_replays_a_decline(authorize: Authorize, control: SandboxControl) -> None:
    bodies = []
    for _ in range(2):
        with pytest.raises(ApiError) as error:
            authorize(source_id="cnon:card-nonce-declined", idempotency_key="key-1")
        bodies.append(error.value.body)
    assert bodies[0] == bodies[1]
    assert len(control.payments()) == 1


def test_same_key_with_another_body(authorize: Authorize, control: SandboxControl) -> None:
    authorize(idempotency_key="key-1")
    with pytest.raises(ApiError) as error:
        authorize(idempotency_key="key-1", amount_money={"amount": 10_001, "currency": "USD"})
    assert refused(error) == (400, "IDEMPOTENCY_KEY_REUSED", "idempotency_key")
    assert control.authorizations("ATL-ABC123") == 1


def test_refused_request_leaves_its_key_free(authorize: Authorize) -> None:
    with pytest.raises(ApiError):
        authorize(idempotency_key="key-1", amount_money={"amount": 0, "currency": "USD"})
    assert authorize(idempotency_key="key-1").status == "APPROVED"


def test_same_key_at_the_same_time_makes_one_payment(authorize: Authorize, control: SandboxControl) -> None:
    with ThreadPoolExecutor(20) as pool:
        payments = list(pool.map(lambda _: authorize(idempotency_key="key-1"), range(20)))
    assert len({payment.id for payment in payments}) == 1
    assert control.authorizations("ATL-ABC123") == 1


def test_single_use_token_at_the_same_time_pays_once(authorize: Authorize, control: SandboxControl) -> None:
    source = f"cnon:atlas-ok-{uuid.uuid4()}"

    def attempt(_: int) -> str:
        try:
            return str(authorize(source_id=source).status)
        except ApiError as error:
            return str(error.errors[0].code)

    with ThreadPoolExecutor(10) as pool:
        outcomes = sorted(pool.map(attempt, range(10)))
    assert outcomes == ["APPROVED"] + ["CARD_TOKEN_USED"] * 9
    assert control.authorizations("ATL-ABC123") == 1


def test_capture_and_cancel_at_the_same_time(authorize: Authorize, square: Square) -> None:
    for _ in range(5):
        payment = authorize()

        def attempt(action: Any, payment_id: str = payment.id) -> bool:
            try:
                action(payment_id, request_options=NO_RETRY)
            except ApiError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(attempt, [square.payments.complete, square.payments.cancel] * 4))
        assert sum(outcomes) == 1


def test_stale_version_is_refused(authorize: Authorize, square: Square) -> None:
    payment = authorize()
    square.payments.update(
        payment.id,
        idempotency_key="update-1",
        payment={"amount_money": {"amount": 12_000, "currency": "USD"}, "version_token": payment.version_token},
    )
    with pytest.raises(ApiError) as error:
        square.payments.complete(payment.id, version_token=payment.version_token, request_options=NO_RETRY)
    assert refused(error) == (400, "VERSION_MISMATCH", "version_token")
    assert square.payments.get(payment.id).payment.status == "APPROVED"


@pytest.mark.parametrize(("amount", "approved"), [(12_000, 12_000), (8_000, 10_000)])
def test_amount_can_change_before_capture(authorize: Authorize, square: Square, amount: int, approved: int) -> None:
    payment = authorize()
    request: Any = {
        "payment_id": payment.id,
        "idempotency_key": "update-1",
        "payment": {"amount_money": {"amount": amount, "currency": "USD"}, "version_token": payment.version_token},
    }
    changed = square.payments.update(**request).payment
    assert changed is not None
    assert (changed.total_money.amount, changed.approved_money.amount) == (amount, approved)
    assert square.payments.update(**request).payment == changed
    done = square.payments.complete(payment.id).payment
    assert done is not None
    assert (done.total_money.amount, done.approved_money.amount) == (amount, amount)
    with pytest.raises(ApiError) as error:
        square.payments.update(payment.id, idempotency_key="update-2", payment={"amount_money": USD_100})
    assert refused(error)[1] == "DELAYED_TRANSACTION_CAPTURED"


def test_cancel_voids(authorize: Authorize, square: Square) -> None:
    payment = authorize()
    voided = square.payments.cancel(payment.id).payment
    assert voided is not None
    assert (voided.status, voided.card_details.status) == ("CANCELED", "VOIDED")
    assert voided.receipt_number is None
    for action in (square.payments.cancel, square.payments.complete):
        with pytest.raises(ApiError) as error:
            action(payment.id, request_options=NO_RETRY)
        assert refused(error) == (400, "DELAYED_TRANSACTION_CANCELED", None)


def test_cancel_by_idempotency_key(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize(idempotency_key="key-1")
    for _ in range(2):
        assert square.payments.cancel_by_idempotency_key(idempotency_key="key-1").errors is None
    square.payments.cancel_by_idempotency_key(idempotency_key="never-used")
    assert square.payments.get(payment.id).payment.status == "CANCELED"

    authorize(idempotency_key="key-2", autocomplete=True)
    with pytest.raises(ApiError) as error:
        square.payments.cancel_by_idempotency_key(idempotency_key="key-2", request_options=NO_RETRY)
    assert refused(error)[1] == "DELAYED_TRANSACTION_CAPTURED"


def test_authorisation_lapses_after_seven_days(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize()
    control.advance(timedelta(days=7, seconds=-30))
    assert square.payments.get(payment.id).payment.status == "APPROVED"
    control.advance(timedelta(seconds=30))
    lapsed = square.payments.get(payment.id).payment
    assert lapsed is not None
    assert (lapsed.status, lapsed.card_details.status) == ("CANCELED", "VOIDED")
    assert lapsed.updated_at == payment.delayed_until
    with pytest.raises(ApiError) as error:
        square.payments.complete(payment.id, request_options=NO_RETRY)
    assert refused(error) == (400, "DELAYED_TRANSACTION_EXPIRED", None)


def test_delay_can_be_shorter_and_end_in_a_capture(
    authorize: Authorize, square: Square, control: SandboxControl
) -> None:
    payment = authorize(delay_duration="PT2H", delay_action="COMPLETE")
    assert payment.delay_duration == "PT2H"
    control.advance(timedelta(hours=2))
    assert square.payments.get(payment.id).payment.status == "COMPLETED"


def test_list_pages_through_everything_once(authorize: Authorize, square: Square) -> None:
    made = [authorize(reference_id=f"ATL-{number}").id for number in range(7)]
    assert [payment.id for payment in square.payments.list(limit=3)] == made[::-1]
    assert [payment.id for payment in square.payments.list(limit=3, sort_order="ASC")] == made
    assert [payment.id for payment in square.payments.list(limit=7)] == made[::-1]


def test_list_by_time_and_card(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    old = authorize()
    control.advance(timedelta(hours=1))
    middle = control.now()
    new = authorize(amount_money={"amount": 777, "currency": "USD"})
    assert [payment.id for payment in square.payments.list(begin_time=middle)] == [new.id]
    assert [payment.id for payment in square.payments.list(end_time=middle)] == [old.id]
    assert [payment.id for payment in square.payments.list(total=777)] == [new.id]
    assert [payment.id for payment in square.payments.list(last4="5858", card_brand="VISA")] == [new.id, old.id]
    square.payments.cancel(old.id)
    by_update = square.payments.list(sort_field="UPDATED_AT", updated_at_begin_time=middle)
    assert [payment.id for payment in by_update] == [old.id, new.id]


def test_cursor_belongs_to_its_query(authorize: Authorize, square: Square) -> None:
    for _ in range(3):
        authorize()
    cursor = square.payments.list(limit=1).response.cursor
    for query in ({"cursor": cursor, "sort_order": "ASC"}, {"cursor": "bm9uc2Vuc2U="}, {"cursor": "?"}):
        with pytest.raises(ApiError) as error:
            square.payments.list(**query, request_options=NO_RETRY)
        assert refused(error) == (400, "INVALID_CURSOR", "cursor")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"idempotency_key": "k" * 46}, "VALUE_TOO_LONG", "idempotency_key"),
        ({"idempotency_key": ""}, "VALUE_TOO_SHORT", "idempotency_key"),
        ({"source_id": None}, "MISSING_REQUIRED_PARAMETER", "source_id"),
        ({"amount_money": None}, "MISSING_REQUIRED_PARAMETER", "amount_money"),
        ({"amount_money": {"amount": 0, "currency": "USD"}}, "VALUE_TOO_LOW", "amount_money.amount"),
        ({"amount_money": {"amount": 10.5, "currency": "USD"}}, "EXPECTED_INTEGER", "amount_money.amount"),
        ({"amount_money": {"amount": True, "currency": "USD"}}, "EXPECTED_INTEGER", "amount_money.amount"),
        ({"amount_money": {"amount": 2**60, "currency": "USD"}}, "VALUE_TOO_HIGH", "amount_money.amount"),
        ({"amount_money": {"amount": 100}}, "MISSING_REQUIRED_PARAMETER", "amount_money.currency"),
        ({"amount_money": {"amount": 100, "currency": "EUR"}}, "INVALID_VALUE", "amount_money.currency"),
        ({"amount_money": "100"}, "EXPECTED_OBJECT", "amount_money"),
        ({"reference_id": "r" * 41}, "VALUE_TOO_LONG", "reference_id"),
        ({"note": "n" * 501}, "VALUE_TOO_LONG", "note"),
        ({"note": 5}, "EXPECTED_STRING", "note"),
        ({"autocomplete": "no"}, "EXPECTED_BOOLEAN", "autocomplete"),
        ({"delay_duration": "P8D"}, "INVALID_VALUE", "delay_duration"),
        ({"delay_duration": "PT"}, "INVALID_VALUE", "delay_duration"),
        ({"delay_duration": "PT2H", "autocomplete": True}, "BAD_REQUEST", "delay_duration"),
        ({"delay_action": "WAIT"}, "INVALID_ENUM_VALUE", "delay_action"),
        ({"app_fee_money": USD_100}, "SANDBOX_NOT_SUPPORTED", "app_fee_money"),
    ],
)
def test_bad_field_is_named(
    authorize: Authorize, control: SandboxControl, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(ApiError) as error:
        authorize(**changes)
    assert refused(error) == (400, code, field)
    assert error.value.errors[0].category == "INVALID_REQUEST_ERROR"
    assert control.payments() == []


def test_unknown_payment(square: Square) -> None:
    for action in (square.payments.get, square.payments.complete, square.payments.cancel):
        with pytest.raises(ApiError) as error:
            action("nobody", request_options=NO_RETRY)
        assert refused(error) == (404, "NOT_FOUND", None)
        assert re.search("nobody", str(error.value.errors[0].detail))
