"""Square's webhooks: signature, then the store, then the handling; each as if it might fail or come again.

`receive` answers Square: the event is stored, once, together with an outbox row. `handle` runs in a worker until it has
succeeded, and again without harm. Late and reordered events are older than what the row knows, and change nothing.
"""

import json
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from square.utils.webhooks_helper import verify_signature

from accounts import staff
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import expiry
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid
from payments import gateway, operations, progress
from payments.billing.following import follow_news
from payments.cards.following import NEWS, follow_card
from payments.disputing import NEWS as DISPUTES
from payments.disputing import follow_dispute
from payments.events import WebhookReceived
from payments.gateway import Payment, Refund
from payments.rules.striking import fit_to_keep
from payments.rules.types import TransactionStatus
from payments.services.asking import CLOSED, NOTE, put
from payments.tables import PaymentTransaction, WebhookEvent

log = structlog.get_logger(__name__)

KEPT = timedelta(days=90)
LONGEST_ID = 200
INVOICE_NEWS = ("invoice.payment_made", "invoice.updated")


class SeenBefore(Conflict):
    """Square sent it again; the first one is on its way."""


def receive(*, body: bytes, signature: str | None, url: str) -> None:
    """Keep a webhook for `handle`. `url` is the address registered with Square, which signs it with the raw body.

    Raises `Forbidden` (`bad_signature`), `Invalid` for a signed body that is no event.
    """
    if not _is_signed(body, signature, url):
        raise Forbidden("The signature does not fit.", code="bad_signature")
    event_id, kind = _read_head(body)
    kept = json.dumps(fit_to_keep(json.loads(body)), ensure_ascii=False)
    row = WebhookEvent(id=event_id, type_=kind, body=kept, expires_at=expiry(utc_now(), KEPT))
    try:
        with transact() as tx:
            tx.create(row, otherwise=SeenBefore())
            outbox.add(tx, WebhookReceived(event_id))
    except SeenBefore:
        log.info("webhook_repeated", event_id=event_id, type=kind)


@retried
def handle(event: WebhookReceived) -> None:
    """Bring the payment that this webhook tells of forward, and mark it handled in the same transaction."""
    row = WebhookEvent.find(event.event_id, consistent=True)
    if row is None or row.handled_at:
        return
    news = json.loads(row.body)["data"]["object"]
    row.handled_at = utc_now()
    with transact() as tx:
        tx.save(row)
        if row.type_ in ("payment.created", "payment.updated"):
            _follow_payment(tx, gateway.read_payment(news["payment"]))
        elif row.type_ in ("refund.created", "refund.updated"):
            _follow_refund(tx, gateway.read_refund(news["refund"]))
        elif row.type_ in INVOICE_NEWS:
            follow_news(tx, gateway.read_invoice(news["invoice"]))
        elif row.type_ in DISPUTES:
            follow_dispute(tx, gateway.read_dispute(news["dispute"]))
        elif row.type_ in NEWS:
            follow_card(tx, gateway.read_card(news["card"]))


@retried
def replay(*, user: CurrentUser, event_id: str) -> None:
    """Staff have a stored webhook handled once more. What the payment knows by now it does not take back."""
    staff.require(user, "replay", "payments.webhookevent")
    row = WebhookEvent.fetch(event_id)
    row.handled_at = None
    with transact() as tx:
        tx.save(row)
        outbox.add(tx, WebhookReceived(event_id))


def _follow_payment(tx: Transaction, payment: Payment) -> None:
    row = _payment_row(payment)
    if row is None:
        log.info("webhook_of_another_payment", gateway_id=payment.gateway_id)
    elif row.status in CLOSED and payment.status == "APPROVED" and not row.gateway_updated_at:
        # The authorisation reached Square after it had been given up: nobody knows of this hold but us.
        log.warning("stray_authorization_released", transaction_id=row.id, gateway_id=payment.gateway_id)
        gateway.void(payment.gateway_id)
    elif row.status is not TransactionStatus.PENDING and payment.version != row.gateway_version:
        # A PENDING one is recorded by who opened it, together with its booking.
        put(tx, row, progress.follow_payment(row, payment))


def _follow_refund(tx: Transaction, refund: Refund) -> None:
    found = next(iter(PaymentTransaction.gateway_index.query(refund.payment_id, limit=1)), None)
    if found is None:
        log.info("webhook_of_another_refund", gateway_id=refund.gateway_id)
        return
    row = PaymentTransaction.fetch(found.id)
    operation = operations.refund_by_gateway(row, refund.gateway_id)
    if operation is not None:
        put(tx, row, progress.follow_refund(row, operation, refund))
    elif (events := progress.unasked_refund(row, refund, utc_now())) is not None:
        put(tx, row, events)


def _payment_row(payment: Payment) -> PaymentTransaction | None:
    """Ours, by the note that we gave it; anything else on the same Square account is not our business."""
    if not payment.note.startswith(NOTE):
        return None
    row = PaymentTransaction.find(payment.note.removeprefix(NOTE), consistent=True)
    return row if row is not None and row.reference == payment.reference else None


def _is_signed(body: bytes, signature: str | None, url: str) -> bool:
    """Checked by the SDK's own helper, in constant time; it raises on what is not there or not text."""
    if not signature:
        return False
    try:
        return verify_signature(
            request_body=body.decode(),
            signature_header=signature,
            signature_key=settings.SQUARE_WEBHOOK_KEY,
            notification_url=url,
        )
    except UnicodeError:
        return False


def _read_head(body: bytes) -> tuple[str, str]:
    try:
        event: Any = json.loads(body)
        event_id, kind = event["event_id"], event["type"]
        whole = isinstance(event["data"]["object"], dict) and isinstance(kind, str) and isinstance(event_id, str)
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("This is no event of Square's.", code="malformed") from error
    if not whole or not 0 < len(event_id) <= LONGEST_ID:
        raise Invalid("This is no event of Square's.", code="malformed")
    return event_id, kind
