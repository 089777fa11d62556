"""Square, narrowed to what Atlas asks of it; nothing else imports the SDK.

An answer is one of three things. A definite yes is a value. A definite no is `Declined` (the card) or raises `Refused`
(the request). Anything else raises `OutcomeUnknown`: the money may have moved, so the caller asks again *with the same
key*. The SDK's own retries are off, because it would retry for longer than a person waits and cannot see time-outs.

The SDK keeps no state between calls and `httpx.Client` is thread-safe: one client serves a process.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, cast

import httpx
from django.conf import settings
from square import Square
from square.core.api_error import ApiError
from square.core.pagination import SyncPager
from square.core.request_options import RequestOptions
from square.core.unchecked_base_model import construct_type
from square.types.payment import Payment as SquarePayment
from square.types.payment_refund import PaymentRefund as SquareRefund

T = TypeVar("T")
Status = Literal["APPROVED", "PENDING", "COMPLETED", "CANCELED", "FAILED"]
RefundStatus = Literal["PENDING", "COMPLETED", "REJECTED", "FAILED"]

_ONCE = RequestOptions(max_retries=0)
_PAGE = 100
"""Square's largest."""
_FIRST_CLIENT_ERROR, _FIRST_SERVER_ERROR = 400, 500
_UNANSWERED = frozenset({408, 409, 425, 429})
"""Client errors that say nothing of the outcome: too slow, in progress under this key, too many."""

_STALE = frozenset({"VERSION_MISMATCH", "IDEMPOTENCY_KEY_REUSED"})


class OutcomeUnknown(Exception):
    """No answer, or none that says what happened. Ask again with the same key, never with a new one."""


class Refused(Exception):
    """A definite no that is not the card's: wrong state, wrong credentials, a request that Square cannot read."""

    def __init__(self, code: str, detail: str, *, credentials: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
        self.credentials = credentials
        """Square does not accept us: an operator's matter, not the customer's."""


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


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as Square has it; `amount` in cents."""

    gateway_id: str
    payment_id: str
    status: RefundStatus
    amount: int
    currency: str = ""
    created_at: datetime | None = None


def authorize(*, amount: int, currency: str, source_id: str, key: str, reference: str, note: str) -> Payment | Declined:
    """Hold `amount` on the card for up to seven days. The same arguments and key give the first answer again."""
    try:
        answer = _ask(
            lambda: _client().payments.create(
                source_id=source_id,
                idempotency_key=key,
                amount_money={"amount": amount, "currency": cast(Any, currency)},
                autocomplete=False,
                location_id=settings.SQUARE_LOCATION_ID,
                reference_id=reference,
                note=note,
                request_options=_ONCE,
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
        lowered = _ask(
            lambda: _client().payments.update(
                gateway_id,
                idempotency_key=key,
                payment={
                    "amount_money": {"amount": amount, "currency": cast(Any, currency)},
                    "version_token": version,
                },
                request_options=_ONCE,
            )
        )
        version = _payment(lowered.payment).version
    answer = _ask(lambda: _client().payments.complete(gateway_id, version_token=version, request_options=_ONCE))
    return _payment(answer.payment)


def void(gateway_id: str) -> Payment:
    """Release the hold. Returns the payment as it is afterwards, also when it had been closed before."""
    try:
        return _payment(_ask(lambda: _client().payments.cancel(gateway_id, request_options=_ONCE)).payment)
    except Refused:
        payment = get(gateway_id)
        if payment.status == "APPROVED":
            raise
        return payment


def void_by_key(key: str) -> None:
    """Release whatever `authorize` with this key made. A yes also when it made nothing."""
    _ask(lambda: _client().payments.cancel_by_idempotency_key(idempotency_key=key, request_options=_ONCE))


def refund(*, gateway_id: str, amount: int, currency: str, key: str, reason: str) -> Refund:
    """Give `amount` back. Accepted as PENDING; the last word comes by webhook or `get_refund`."""
    answer = _ask(
        lambda: _client().refunds.refund_payment(
            idempotency_key=key,
            amount_money={"amount": amount, "currency": cast(Any, currency)},
            payment_id=gateway_id,
            reason=reason,
            request_options=_ONCE,
        )
    )
    return _refund(answer.refund)


def get(gateway_id: str) -> Payment:
    """The payment as it is now."""
    return _payment(_ask(lambda: _client().payments.get(gateway_id, request_options=_ONCE)).payment)


def get_refund(refund_id: str) -> Refund:
    """The refund as it is now."""
    return _refund(_ask(lambda: _client().refunds.get(refund_id, request_options=_ONCE)).refund)


def payments_between(begin: datetime, end: datetime) -> Iterator[Payment]:
    """Payments of our location that were made from `begin` to `end`, both included, oldest first.

    One page of Square's (100) is in memory at a time. Raises `OutcomeUnknown` when Square does not answer twice.
    """
    found = _pages(
        lambda: _client().payments.list(
            begin_time=begin.isoformat(),
            end_time=end.isoformat(),
            sort_order="ASC",
            location_id=settings.SQUARE_LOCATION_ID,
            limit=_PAGE,
            request_options=_ONCE,
        )
    )
    return (_payment(each) for each in found)


def refunds_between(begin: datetime, end: datetime) -> Iterator[Refund]:
    """Refunds of our location that were asked for in this time; otherwise as `payments_between`."""
    found = _pages(
        lambda: _client().refunds.list(
            begin_time=begin.isoformat(),
            end_time=end.isoformat(),
            sort_order="ASC",
            location_id=settings.SQUARE_LOCATION_ID,
            limit=_PAGE,
            request_options=_ONCE,
        )
    )
    return (_refund(each) for each in found)


def _pages(first: Callable[[], SyncPager[T, Any]]) -> Iterator[T]:
    page: SyncPager[T, Any] | None = _read(first)
    while page is not None:
        yield from page.items or ()
        page = _read(page.next_page) if page.has_next else None


def _read(call: Callable[[], T]) -> T:
    """A question that changes nothing is asked once more when it has no answer."""
    try:
        return _ask(call)
    except OutcomeUnknown:
        return _ask(call)


def read_payment(document: Mapping[str, Any]) -> Payment:
    """The payment in a webhook. Raises `ValueError` when it is not one."""
    return _payment(construct_type(type_=SquarePayment, object_=document))


def read_refund(document: Mapping[str, Any]) -> Refund:
    """The refund in a webhook. Raises `ValueError` when it is not one."""
    return _refund(construct_type(type_=SquareRefund, object_=document))


def _client() -> Square:
    return _client_of(
        os.getpid(), settings.SQUARE_BASE_URL, settings.SQUARE_ACCESS_TOKEN, float(settings.SQUARE_TIMEOUT_SECONDS)
    )


@cache
def _client_of(process: int, base_url: str | None, token: str, timeout: float) -> Square:
    """One per process (a fork must not share its parent's sockets) and address; `timeout` in seconds."""
    local = base_url is not None and base_url.startswith("http://")
    http = httpx.Client(timeout=timeout, trust_env=not local)  # no proxy stands before a local sandbox
    return Square(token=token, base_url=base_url, timeout=timeout, httpx_client=http)


def _ask(call: Callable[[], T]) -> T:
    """One request, its failures sorted into `Refused` and `OutcomeUnknown`."""
    try:
        return call()
    except httpx.HTTPError as error:
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error
    except ApiError as error:
        status = error.status_code or 0
        if not _FIRST_CLIENT_ERROR <= status < _FIRST_SERVER_ERROR or status in _UNANSWERED:
            raise OutcomeUnknown(f"Square answered {status}.") from error
        first = error.errors[0]
        raise Refused(
            str(first.code), first.detail or "", credentials=first.category == "AUTHENTICATION_ERROR"
        ) from error


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


def _refund(found: SquareRefund | None) -> Refund:
    if not (found and found.id and found.payment_id and found.amount_money.amount is not None):
        raise ValueError("This is no refund of Square's.")
    return Refund(
        gateway_id=found.id,
        payment_id=found.payment_id,
        status=cast(RefundStatus, found.status),
        amount=found.amount_money.amount,
        currency=str(found.amount_money.currency),
        created_at=datetime.fromisoformat(found.created_at) if found.created_at else None,
    )
