"""Square's Customers API: https://developer.squareup.com/reference/square/customers-api

A customer needs one of a name, a company, an e-mail or a telephone number. Deleting one disables its cards on file.
Searching knows the filters that find one person: ``reference_id``, ``email_address`` and ``phone_number``, each
``exact`` or ``fuzzy``, and ``created_at``.
"""

import json
from typing import Any

from . import identifiers
from .calls import Answer, Call, Endpoint
from .cards import disable_all
from .customer_records import delete_customer, insert_customer, load_customer, save_customer
from .customer_search import list_customers, search_customers
from .errors import SquareError
from .fields import Fields
from .idempotency import LONGEST_KEY, once
from .times import rfc3339
from .webhooks import record_event

_TEXTS = {
    "given_name": 300,
    "family_name": 300,
    "company_name": 500,
    "nickname": 100,
    "email_address": 254,
    "phone_number": 17,
    "reference_id": 100,
    "note": 4096,
    "birthday": 10,
}
_OBJECTS = ("address", "tax_ids")
_IDENTIFYING = ("given_name", "family_name", "company_name", "email_address", "phone_number")


def create_customer(call: Call) -> Answer:
    """Without an idempotency key each call makes another customer, as at Square."""
    fields = Fields(call.body, known={"idempotency_key", *_TEXTS, *_OBJECTS})
    key = fields.text("idempotency_key", longest=LONGEST_KEY)
    given = _read(fields)
    if not any(given.get(name) for name in _IDENTIFYING):
        raise SquareError(
            "BAD_REQUEST",
            "At least one of given_name, family_name, company_name, email_address or phone_number is required.",
        )

    def work() -> Answer:
        moment = rfc3339(call.now)
        document = {
            "id": identifiers.customer_id(),
            "created_at": moment,
            "updated_at": moment,
            **given,
            "preferences": {"email_unsubscribed": False},
            "creation_source": "THIRD_PARTY",
            "version": 0,
        }
        insert_customer(call.db, document)
        record_event(call, "customer.created", "customer", document)
        return Answer({"customer": document})

    return work() if key is None else once(call, scope="CreateCustomer", key=key, work=work)


def get_customer(call: Call) -> Answer:
    return Answer({"customer": load_customer(call.db, call.path["customer_id"])})


def update_customer(call: Call) -> Answer:
    """Sparse: what is not named stays; ``null`` clears a field, as Square documents for this endpoint."""
    document = load_customer(call.db, call.path["customer_id"])
    fields = Fields(call.body, known={"version", *_TEXTS, *_OBJECTS})
    _refuse_other_version(document, fields.integer("version", default=document["version"], lowest=0, highest=2**53))
    cleared = {name for name, value in call.body.items() if value is None}
    document = {name: value for name, value in document.items() if name not in cleared or name not in _TEXTS}
    document |= _read(fields) | {"updated_at": rfc3339(call.now), "version": document["version"] + 1}
    if not any(document.get(name) for name in _IDENTIFYING):
        raise SquareError("BAD_REQUEST", "A customer needs a name, a company, an e-mail or a telephone number.")
    save_customer(call.db, document)
    record_event(call, "customer.updated", "customer", document)
    return Answer({"customer": document})


def remove_customer(call: Call) -> Answer:
    """Its cards on file go with it; payments that it made stay."""
    document = load_customer(call.db, call.path["customer_id"])
    version = call.query.get("version")
    if version is not None:
        _refuse_other_version(document, int(version) if version.isdecimal() else -1)
    disable_all(call, customer_id=document["id"])
    delete_customer(call.db, document["id"])
    record_event(call, "customer.deleted", "customer", document)
    return Answer({})


def _read(fields: Fields) -> dict[str, Any]:
    texts = {name: fields.text(name, longest=longest) for name, longest in _TEXTS.items()}
    if (email := texts["email_address"]) is not None and "@" not in email[1:-1]:
        raise SquareError("INVALID_EMAIL_ADDRESS", "Expected a valid e-mail address.", field="email_address")
    objects = {name: fields.mapping(name) for name in _OBJECTS}
    given: dict[str, Any] = {name: value for name, value in (texts | objects).items() if value is not None}
    return dict(json.loads(json.dumps(given)))


def _refuse_other_version(document: dict[str, Any], version: int) -> None:
    if version != document["version"]:
        raise SquareError("CONFLICT", "The version does not match the current version.", status=409, field="version")


ENDPOINTS = (
    Endpoint("POST", "/v2/customers", create_customer),
    Endpoint("GET", "/v2/customers", list_customers),
    Endpoint("POST", "/v2/customers/search", search_customers),
    Endpoint("GET", "/v2/customers/{customer_id}", get_customer),
    Endpoint("PUT", "/v2/customers/{customer_id}", update_customer),
    Endpoint("DELETE", "/v2/customers/{customer_id}", remove_customer),
)
