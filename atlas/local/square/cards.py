"""Square's Cards API: https://developer.squareup.com/reference/square/cards-api

Creating a card verifies it with its bank for nothing, so a token that declines declines here too, with the codes of a
verification. A card whose token ends in ``-later`` is saved and refused once it is charged. The full number, the code
and the postcode are known to nobody here.
"""

from typing import Any

from . import identifiers
from .calls import Answer, Call, Endpoint
from .card_records import cards_of, insert_card, load_card, save_card
from .customer_records import load_customer
from .errors import SquareError
from .fields import Fields
from .idempotency import LONGEST_KEY, once
from .listing import Page, read_page, refuse_unknown
from .sources import resolve_source, use_up
from .times import rfc3339
from .webhooks import record_event

_PAGE = 25
_REFUSALS = {
    "GENERIC_DECLINE": "CARD_DECLINED",
    "CVV_FAILURE": "VERIFY_CVV_FAILURE",
    "ADDRESS_VERIFICATION_FAILURE": "VERIFY_AVS_FAILURE",
    "INVALID_EXPIRATION": "BAD_EXPIRATION",
}
"""What a payment's decline is called when a card is verified. What is not here (no funds) is no reason to refuse it."""
_TEXTS = {"cardholder_name": 96, "reference_id": 128}
_SHOWN = ("card_brand", "last_4", "exp_month", "exp_year", "fingerprint", "card_type", "prepaid_type", "bin")


def create_card(call: Call) -> Answer:
    """Saves the card behind a token for a customer. A refusal by its bank is the answer for its key from then on."""
    fields = Fields(call.body, known={"idempotency_key", "source_id", "verification_token", "card"})
    key = fields.required_text("idempotency_key", longest=LONGEST_KEY)
    source_id = fields.required_text("source_id", longest=16_384)
    fields.text("verification_token", longest=1000)
    card = fields.mapping("card")
    if card is None:
        raise SquareError("MISSING_REQUIRED_PARAMETER", "Missing required parameter.", field="card")
    given = Fields(card, known={"customer_id", "billing_address", *_TEXTS}, prefix="card.")
    customer_id = given.required_text("customer_id", longest=191)
    texts = {name: given.text(name, longest=longest) for name, longest in _TEXTS.items()}
    address = given.mapping("billing_address")

    def work() -> Answer:
        _refuse_unknown_customer(call, customer_id)
        source = resolve_source(source_id)
        use_up(call.db, source_id)
        if (refusal := _REFUSALS.get(source.decline or "")) is not None:
            error = SquareError(refusal, f"Authorization error: '{refusal}'", category="PAYMENT_METHOD_ERROR")
            return Answer(error.body(), 400)
        document = {
            "id": identifiers.card_id(),
            **{name: source.card[name] for name in _SHOWN},
            "customer_id": customer_id,
            "merchant_id": call.config.merchant_id,
            **{name: value for name, value in texts.items() if value is not None},
            **({"billing_address": address} if address is not None else {}),
            "enabled": True,
            "created_at": rfc3339(call.now),
            "version": 1,
        }
        insert_card(call.db, document, decline=source.decline or source.later, bank=source.card["bin"])
        record_event(call, "card.created", "card", document)
        return Answer({"card": document})

    return once(call, scope="CreateCard", key=key, work=work)


def get_card(call: Call) -> Answer:
    return Answer({"card": load_card(call.db, call.path["card_id"])})


def list_cards(call: Call) -> Answer:
    """25 a page; disabled ones only when they are asked for."""
    query = call.query
    known = frozenset({"cursor", "customer_id", "include_disabled", "reference_id", "sort_order"})
    refuse_unknown(query, known=known)
    order = query.get("sort_order", "ASC")
    if order not in {"ASC", "DESC"}:
        raise SquareError("INVALID_SORT_ORDER", f"`{order}` is not one of ASC, DESC.", field="sort_order")
    wanted = [name for name in ("customer_id", "reference_id") if name in query]
    conditions = [f"{name} = ?" for name in wanted]
    if query.get("include_disabled") != "true":
        conditions.append("enabled = 1")
    page = Page(
        table="cards",
        order=order,
        limit=_PAGE,
        query=query,
        conditions=tuple(conditions),
        values=tuple(query[name] for name in wanted),
    )
    documents, more = read_page(call, page)
    return Answer({"cards": documents, **more})


def disable_card(call: Call) -> Answer:
    """Nothing is charged to it from now on. A disabled one stays as it is."""
    return Answer({"card": _disable(call, load_card(call.db, call.path["card_id"]))})


def disable_all(call: Call, *, customer_id: str) -> None:
    for document in cards_of(call.db, customer_id):
        _disable(call, document)


def change_card(call: Call, document: dict[str, Any], *, kind: str) -> dict[str, Any]:
    """Stores another version, and tells of it as ``kind``."""
    document = {**document, "version": document["version"] + 1}
    save_card(call.db, document)
    record_event(call, kind, "card", document)
    return document


def _disable(call: Call, document: dict[str, Any]) -> dict[str, Any]:
    if not document["enabled"]:
        return document
    return change_card(call, {**document, "enabled": False, "disabled_at": rfc3339(call.now)}, kind="card.disabled")


def _refuse_unknown_customer(call: Call, customer_id: str) -> None:
    try:
        load_customer(call.db, customer_id)
    except SquareError as error:
        raise SquareError(
            "CUSTOMER_NOT_FOUND", f"Customer with ID `{customer_id}` not found.", status=404, field="card.customer_id"
        ) from error


ENDPOINTS = (
    Endpoint("POST", "/v2/cards", create_card),
    Endpoint("GET", "/v2/cards", list_cards),
    Endpoint("GET", "/v2/cards/{card_id}", get_card),
    Endpoint("POST", "/v2/cards/{card_id}/disable", disable_card),
)
