"""Square's Payments API: https://developer.squareup.com/reference/square/payments-api"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from . import payment_document
from .calls import Answer, Call, Endpoint
from .errors import SquareError, version_mismatch
from .fields import Fields
from .idempotency import LONGEST_KEY, once, stored_answer
from .listing import list_documents
from .payment_document import Order
from .payment_records import insert_payment, load_payment, save_payment
from .sources import ON_FILE, resolve_card_on_file, resolve_source, use_up
from .times import parse_duration
from .webhooks import record_event

CREATE_SCOPE = "CreatePayment"
_LONGEST_TEXTS = {
    "reference_id": 40,
    "note": 500,
    "customer_id": 191,
    "team_member_id": 45,
    "order_id": 192,
    "buyer_email_address": 255,
}
_CREATE_FIELDS = frozenset(
    {
        "source_id",
        "idempotency_key",
        "amount_money",
        "tip_money",
        "autocomplete",
        "delay_duration",
        "delay_action",
        "location_id",
        "statement_description_identifier",
        "verification_token",
        "buyer_phone_number",
        "billing_address",
        "shipping_address",
        "customer_details",
        *_LONGEST_TEXTS,
    }
)
_CREATE_UNSUPPORTED = frozenset(
    {
        "app_fee_money",
        "app_fee_allocations",
        "accept_partial_authorization",
        "cash_details",
        "external_details",
        "offline_payment_details",
    }
)
_UPDATABLE = frozenset({"amount_money", "tip_money", "delay_action", "version_token"})
_DEFAULT_DELAY = "PT168H"
_SHORTEST_DELAY, _LONGEST_DELAY = timedelta(minutes=1), timedelta(days=7)
_DELAY_ACTIONS = frozenset({"CANCEL", "COMPLETE"})
_LOCATION = re.compile(r"[A-Za-z0-9_-]{1,50}")


def create_payment(call: Call) -> Answer:
    """Authorises, and captures unless ``autocomplete`` is false. A decline answers 400 with the FAILED payment."""
    fields = Fields(call.body, known=_CREATE_FIELDS, unsupported=_CREATE_UNSUPPORTED)
    key = fields.required_text("idempotency_key", longest=LONGEST_KEY)
    source_id = fields.required_text("source_id", longest=300)
    order = _read_order(call, fields)

    def work() -> Answer:
        if source_id.startswith(ON_FILE):
            source = resolve_card_on_file(call.db, source_id, order.echoed.get("customer_id"))
        else:
            source = resolve_source(source_id)
            use_up(call.db, source_id)
        document = payment_document.authorize(order, source, now=call.now)
        insert_payment(call.db, document)
        record_event(call, "payment.created", "payment", document)
        if source.decline is not None:
            errors = payment_document.decline_error(source.decline).body()
            return Answer({**errors, "payment": document}, 400)
        if order.autocomplete:
            document = _store(call, payment_document.capture(document, now=call.now, public_url=call.config.public_url))
        return Answer({"payment": document})

    return once(call, scope=CREATE_SCOPE, key=key, work=work)


def get_payment(call: Call) -> Answer:
    return Answer({"payment": load_payment(call.db, call.path["payment_id"])})


def list_payments(call: Call) -> Answer:
    """The last year by default, newest first, 100 a page."""
    documents, more = list_documents(
        call,
        table="payments",
        filters={
            "location_id": "location_id",
            "total": "total",
            "last_4": "last_4",
            "card_brand": "card_brand",
        },
        unsupported=frozenset({"is_offline_payment", "offline_begin_time", "offline_end_time"}),
    )
    return Answer({"payments": documents, **more})


def update_payment(call: Call) -> Answer:
    """Changes amount, tip or delay action of an APPROVED payment."""
    payment_id = call.path["payment_id"]
    outer = Fields(call.body, known={"idempotency_key", "payment"})
    key = outer.required_text("idempotency_key", longest=LONGEST_KEY)
    fields = Fields(outer.mapping("payment") or {}, known=_UPDATABLE, prefix="payment.")
    amount = fields.money("amount_money", currency=call.config.currency, lowest=1)
    tip = fields.money("tip_money", currency=call.config.currency)
    expected = fields.text("version_token", longest=100)

    def work() -> Answer:
        document = load_payment(call.db, payment_id)
        _refuse_other_version(document, expected, "payment.version_token")
        payment_document.refuse_unless_open(document)
        action = fields.choice("delay_action", _DELAY_ACTIONS, default=document["delay_action"])
        document = payment_document.change_terms(document, amount=amount, tip=tip, delay_action=action, now=call.now)
        return Answer({"payment": _store(call, document)})

    return once(call, scope=f"UpdatePayment {payment_id}", key=key, work=work)


def complete_payment(call: Call) -> Answer:
    """Captures an APPROVED payment."""
    expected = Fields(call.body, known={"version_token"}).text("version_token", longest=100)
    return _close(
        call,
        call.path["payment_id"],
        lambda document: payment_document.capture(document, now=call.now, public_url=call.config.public_url),
        expected=expected,
    )


def cancel_payment(call: Call) -> Answer:
    """Voids an APPROVED payment."""
    Fields(call.body, known=())
    return _close(call, call.path["payment_id"], lambda document: payment_document.void(document, now=call.now))


def cancel_payment_by_idempotency_key(call: Call) -> Answer:
    """Voids whatever CreatePayment with this key made; success also when it made nothing or is void already."""
    key = Fields(call.body, known={"idempotency_key"}).required_text("idempotency_key", longest=LONGEST_KEY)
    answer = stored_answer(call.db, scope=CREATE_SCOPE, key=key)
    if answer is not None:
        document = load_payment(call.db, answer["payment"]["id"])
        if document["status"] not in {"CANCELED", "FAILED"}:
            payment_document.refuse_unless_open(document)
            _store(call, payment_document.void(document, now=call.now))
    return Answer({})


def _read_order(call: Call, fields: Fields) -> Order:
    currency, config = call.config.currency, call.config
    texts = {name: fields.text(name, longest=longest) for name, longest in _LONGEST_TEXTS.items()}
    objects = {name: fields.mapping(name) for name in ("billing_address", "shipping_address")}
    autocomplete = fields.boolean("autocomplete", default=True)
    delay_text = fields.text("delay_duration", longest=40)
    if autocomplete and delay_text is not None:
        raise SquareError("BAD_REQUEST", "A delay can only be given with `autocomplete` false.", field="delay_duration")
    for name, longest in (("verification_token", 1000), ("buyer_phone_number", 17)):
        fields.text(name, longest=longest)
    location_id = fields.text("location_id", longest=50) or config.location_id
    if not _LOCATION.fullmatch(location_id):
        raise SquareError("INVALID_VALUE", "This is not a location id.", field="location_id")
    echoed: dict[str, Any] = {name: value for name, value in (texts | objects).items() if value is not None}
    return Order(
        amount=fields.required_money("amount_money", currency=currency, lowest=1),
        tip=fields.money("tip_money", currency=currency),
        location_id=location_id,
        autocomplete=autocomplete,
        delay=_read_delay(delay_text or _DEFAULT_DELAY),
        delay_text=delay_text or _DEFAULT_DELAY,
        delay_action=fields.choice("delay_action", _DELAY_ACTIONS, default="CANCEL"),
        statement=fields.text("statement_description_identifier", longest=20) or "LOCAL SANDBOX",
        echoed=echoed,
    )


def _read_delay(text: str) -> timedelta:
    try:
        delay = parse_duration(text)
    except (ValueError, OverflowError) as error:
        raise SquareError("INVALID_VALUE", "Expected an ISO 8601 duration.", field="delay_duration") from error
    if not _SHORTEST_DELAY <= delay <= _LONGEST_DELAY:
        raise SquareError(
            "INVALID_VALUE", "The delay must be between one minute and seven days.", field="delay_duration"
        )
    return delay


def _refuse_other_version(document: dict[str, Any], expected: str | None, field: str) -> None:
    if expected is not None and expected != document["version_token"]:
        raise version_mismatch(field)


def _close(
    call: Call,
    payment_id: str,
    transition: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    expected: str | None = None,
) -> Answer:
    document = load_payment(call.db, payment_id)
    _refuse_other_version(document, expected, "version_token")
    payment_document.refuse_unless_open(document)
    return Answer({"payment": _store(call, transition(document))})


def _store(call: Call, document: dict[str, Any]) -> dict[str, Any]:
    save_payment(call.db, document)
    record_event(call, "payment.updated", "payment", document)
    return document


ENDPOINTS = (
    Endpoint("POST", "/v2/payments", create_payment),
    Endpoint("GET", "/v2/payments", list_payments),
    Endpoint("POST", "/v2/payments/cancel", cancel_payment_by_idempotency_key),
    Endpoint("GET", "/v2/payments/{payment_id}", get_payment),
    Endpoint("PUT", "/v2/payments/{payment_id}", update_payment),
    Endpoint("POST", "/v2/payments/{payment_id}/complete", complete_payment),
    Endpoint("POST", "/v2/payments/{payment_id}/cancel", cancel_payment),
)
