"""A card's payment at Square: held, then taken or released."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from django.conf import settings
from square.core.unchecked_base_model import construct_type
from square.types.payment import Payment as SquarePayment

from payments.gateway.calling import ONCE, PAGE, OutcomeUnknown, Refused, ask, client, pages

Status = Literal["APPROVED", "PENDING", "COMPLETED", "CANCELED", "FAILED"]

_STALE = frozenset({"VERSION_MISMATCH", "IDEMPOTENCY_KEY_REUSED"})


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as Square has it. `amount` is its total in cents, `version` the token of this state."""

    gateway_id: str
    version: str
    status: Status
    amount: int
    currency: str
    updated_at: datetime
    reference: str
    note: str
    card_brand: str | None = None
    card_last4: str | None = None
    receipt_url: str | None = None
    created_at: datetime | None = None
    refund_ids: tuple[str, ...] = ()
    """Refunds of it, whatever became of them."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The card was refused; no money is held. `code` is Square's, such as `GENERIC_DECLINE`."""

    code: str
    detail: str


def authorize(
    *,
    amount: int,
    currency: str,
    source_id: str,
    key: str,
    reference: str,
    note: str,
    customer_id: str | None = None,
) -> Payment | Declined:
    """Hold `amount` on the card for up to seven days. The same arguments and key give the first answer again.

    `source_id` is a token of the payment page, or the id of a card on file: then `customer_id` is whose it is.
    """
    whose = {} if customer_id is None else {"customer_id": customer_id}
    try:
        answer = ask(
            lambda: client().payments.create(
                source_id=source_id,
                idempotency_key=key,
                amount_money={"amount": amount, "currency": cast(Any, currency)},
                autocomplete=False,
                location_id=settings.SQUARE_LOCATION_ID,
                reference_id=reference,
                note=note,
                request_options=ONCE,
                **whose,
            )
        )
    except Refused as refusal:
        if refusal.credentials:
            raise
        if refusal.code == "IDEMPOTENCY_KEY_REUSED":
            raise OutcomeUnknown("This key was sent before with other data.") from refusal
        return Declined(refusal.code, refusal.detail)
    payment = _payment(answer.payment)
    if payment.status == "FAILED":
        return Declined("GENERIC_DECLINE", "The card was declined.")
    if payment.status == "PENDING":
        raise OutcomeUnknown("Square has not decided yet.")
    return payment


def capture(*, gateway_id: str, version: str | None, amount: int, authorized: int, currency: str, key: str) -> Payment:
    """Take `amount` of what is authorised; what is above it goes back to the card.

    Returns the payment as it is afterwards: COMPLETED, also when it had been completed before, or CANCELED when the
    authorisation is gone. Raises `Refused` when it is still open and cannot be captured.
    """
    try:
        return _capture(gateway_id, version, amount, authorized, currency=currency, key=key)
    except Refused as refusal:
        payment = get(gateway_id)
        if payment.status != "APPROVED":
            return payment
        if refusal.code in _STALE and payment.amount in (authorized, amount):
            # Changed since we last looked: by an earlier try of this capture, or in something else than the money.
            return _capture(gateway_id, payment.version, amount, payment.amount, currency=currency, key=key)
        raise


def _capture(gateway_id: str, version: str | None, amount: int, authorized: int, *, currency: str, key: str) -> Payment:
    if amount != authorized:
        lowered = ask(
            lambda: client().payments.update(
                gateway_id,
                idempotency_key=key,
                payment={
                    "amount_money": {"amount": amount, "currency": cast(Any, currency)},
                    "version_token": version,
                },
                request_options=ONCE,
            )
        )
        version = _payment(lowered.payment).version
    answer = ask(lambda: client().payments.complete(gateway_id, version_token=version, request_options=ONCE))
    return _payment(answer.payment)


def void(gateway_id: str) -> Payment:
    """Release the hold. Returns the payment as it is afterwards, also when it had been closed before."""
    try:
        return _payment(ask(lambda: client().payments.cancel(gateway_id, request_options=ONCE)).payment)
    except Refused:
        payment = get(gateway_id)
        if payment.status == "APPROVED":
            raise
        return payment


def void_by_key(key: str) -> None:
    """Release whatever `authorize` with this key made. A yes also when it made nothing."""
    ask(lambda: client().payments.cancel_by_idempotency_key(idempotency_key=key, request_options=ONCE))


def get(gateway_id: str) -> Payment:
    """The payment as it is now."""
    return _payment(ask(lambda: client().payments.get(gateway_id, request_options=ONCE)).payment)


def payments_between(begin: datetime, end: datetime) -> Iterator[Payment]:
    """Payments of our location that were made from `begin` to `end`, both included, oldest first.

    One page of Square's (100) is in memory at a time. Raises `OutcomeUnknown` when Square does not answer twice.
    """
    found = pages(
        lambda: client().payments.list(
            begin_time=begin.isoformat(),
            end_time=end.isoformat(),
            sort_order="ASC",
            location_id=settings.SQUARE_LOCATION_ID,
            limit=PAGE,
            request_options=ONCE,
        )
    )
    return (_payment(each) for each in found)


def read_payment(document: Mapping[str, Any]) -> Payment:
    """The payment in a webhook. Raises `ValueError` when it is not one."""
    return _payment(construct_type(type_=SquarePayment, object_=document))


def _payment(found: SquarePayment | None) -> Payment:
    money = found and found.total_money
    if not (found and found.id and found.status and money and money.amount is not None and found.updated_at):
        raise ValueError("This is no payment of Square's.")
    details = found.card_details
    card = details.card if details else None
    return Payment(
        gateway_id=found.id,
        version=found.version_token or "",
        status=cast(Status, found.status),
        amount=money.amount,
        currency=str(money.currency),
        updated_at=datetime.fromisoformat(found.updated_at),
        reference=found.reference_id or "",
        note=found.note or "",
        card_brand=str(card.card_brand) if card and card.card_brand else None,
        card_last4=card.last4 if card else None,
        receipt_url=found.receipt_url,
        created_at=datetime.fromisoformat(found.created_at) if found.created_at else None,
        refund_ids=tuple(found.refund_ids or ()),
    )
