"""The examples of the OpenAPI document: requests that work as they stand (a test sends them)."""

from atlas.api.schema import request_example
from payments.cards.consent import VERSION

PAYMENT = {
    "id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY",
    "status": "COMPLETED",
    "total_money": {"amount": 24500, "currency": "USD"},
    "updated_at": "2026-12-24T23:30:00.000Z",
    "version_token": "bhC3b8qKJvNDdxqKzXaeDsAjS1oMFuAKxGgT32HbE6S6o",
}

CAPTURE = request_example("Everything", {})
REFUND = request_example("A part", {"amount": 2500, "reason": "Late by 40 minutes"})
CARD = request_example("A test card", {"sourceId": "cnon:card-nonce-ok", "consent": VERSION})
STATEMENT = request_example("A month", {"from": "2026-01-01", "to": "2026-01-31", "format": "pdf"})
BILLING = request_example(
    "A hotel",
    {"companyName": "Grand Hotel", "address": "1 Park Avenue\nNew York, NY 10016", "email": "books@hotel.example"},
)
WEBHOOK = request_example(
    "A payment moved on",
    {
        "merchant_id": "M-ATLAS-LOCAL",
        "type": "payment.updated",
        "event_id": "6a8f5f28-54a1-4eb0-a98a-3111513fd4fc",
        "created_at": "2026-12-24T23:30:00.000Z",
        "data": {"type": "payment", "id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY", "object": {"payment": PAYMENT}},
    },
)
