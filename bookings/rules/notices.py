"""Which e-mails follow from what happens to a booking, to whom, and when one is out of date before it is sent."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bookings.rules.lifecycle import JOBS, LIVE, UPCOMING, Action, Actor, BookingStatus


class Occasion(StrEnum):
    """What a booking's parties are told of beside what is done to it."""

    HOLD_REFUSED = "hold_refused"
    """The card on file gave no hold."""
    CARD_GONE = "card_gone"
    """The card on file was removed before it was needed."""
    FEE_REFUSED = "fee_refused"
    """The cancellation fee was asked of a card that did not give it."""


class NoticeKind(StrEnum):
    CONFIRMED = "confirmed"
    DRIVER_ASSIGNED = "driver_assigned"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    EXPIRED = "expired"
    QUOTE_ACCEPTED = "quote_accepted"
    RIDE_CANCELLED = "ride_cancelled"
    JOB_ASSIGNED = "job_assigned"
    JOB_WITHDRAWN = "job_withdrawn"
    PRICE_STATED = "price_stated"
    CARD_REFUSED = "card_refused"
    PAYMENT_MISSING = "payment_missing"
    CARD_GONE = "card_gone"
    FEE_REFUSED = "fee_refused"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    INVOICE_OVERDUE = "invoice_overdue"
    CREDIT_NOTE = "credit_note"


class NoticeState(StrEnum):
    """SKIPPED and FAILED say why in `error`; both can be sent again by staff."""

    PENDING = "PENDING"
    SENT = "SENT"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


_K = NoticeKind

RECIPIENT: Mapping[NoticeKind, Actor] = MappingProxyType(
    {
        _K.CONFIRMED: Actor.CONCIERGE,
        _K.DRIVER_ASSIGNED: Actor.CONCIERGE,
        _K.CANCELLED: Actor.CONCIERGE,
        _K.COMPLETED: Actor.CONCIERGE,
        _K.EXPIRED: Actor.CONCIERGE,
        _K.QUOTE_ACCEPTED: Actor.OPERATOR,
        _K.RIDE_CANCELLED: Actor.OPERATOR,
        _K.JOB_ASSIGNED: Actor.DRIVER,
        _K.JOB_WITHDRAWN: Actor.DRIVER,
        _K.PRICE_STATED: Actor.CONCIERGE,
        _K.CARD_REFUSED: Actor.CONCIERGE,
        _K.PAYMENT_MISSING: Actor.OPERATOR,
        _K.CARD_GONE: Actor.CONCIERGE,
        _K.FEE_REFUSED: Actor.CONCIERGE,
        _K.RECEIPT: Actor.CONCIERGE,
        _K.INVOICE: Actor.CONCIERGE,
        _K.INVOICE_OVERDUE: Actor.CONCIERGE,
        _K.CREDIT_NOTE: Actor.CONCIERGE,
    }
)

BILLED = frozenset({_K.INVOICE, _K.INVOICE_OVERDUE, _K.CREDIT_NOTE})
BILLING = BILLED | {_K.FEE_REFUSED}
"""Sent whatever somebody wishes to be told otherwise: it is owed."""
PAPERS = BILLED | {_K.RECEIPT}
"""Sent with the paper itself."""

TOLD: Mapping[Action | Occasion, tuple[NoticeKind, ...]] = MappingProxyType(
    {
        Action.ACCEPT: (_K.CONFIRMED, _K.QUOTE_ACCEPTED),
        Action.ASSIGN: (_K.DRIVER_ASSIGNED, _K.JOB_ASSIGNED),
        Action.REASSIGN: (_K.DRIVER_ASSIGNED, _K.JOB_ASSIGNED, _K.JOB_WITHDRAWN),
        Action.CANCEL: (_K.CANCELLED, _K.RIDE_CANCELLED, _K.JOB_WITHDRAWN),
        Action.COMPLETE: (_K.COMPLETED,),
        Action.EXPIRE: (_K.EXPIRED,),
        Action.STATE_PRICE: (_K.PRICE_STATED,),
        Occasion.HOLD_REFUSED: (_K.CARD_REFUSED, _K.PAYMENT_MISSING),
        Occasion.CARD_GONE: (_K.CARD_GONE,),
        Occasion.FEE_REFUSED: (_K.FEE_REFUSED,),
    }
)

OF_CARDS = frozenset({_K.CARD_REFUSED, _K.PAYMENT_MISSING, _K.CARD_GONE})
"""News until the ride is held for, or will not take place."""


def occasion(word: str) -> Action | Occasion:
    """As it stands in a `NoticesDue`."""
    return Occasion(word) if word in {each.value for each in Occasion} else Action(word)


def driver_told(
    kind: NoticeKind, action: Action | Occasion, *, driver_id: str | None, former_driver_id: str | None
) -> str | None:
    """Which driver a notice to a driver is for; None when nobody is to be told.

    `driver_id` has the job, or had it until it was cancelled; `former_driver_id` had it before somebody else.
    """
    if kind is _K.JOB_WITHDRAWN and action is Action.REASSIGN:
        return former_driver_id if former_driver_id != driver_id else None
    return driver_id


def is_outdated(
    kind: NoticeKind, status: BookingStatus, *, told_of: str | None, driver_id: str | None, card_is_good: bool = False
) -> bool:
    """Whether the booking went on since, so that this would be false news; what came after has its own notice.

    `told_of` is the driver whom the notice is of (to a driver: its recipient), `driver_id` the booking's now;
    `card_is_good` when nothing is wrong with how it is paid.
    """
    if kind is _K.FEE_REFUSED:
        return card_is_good
    if kind in OF_CARDS:
        return card_is_good or status not in UPCOMING | LIVE
    if kind in (_K.CONFIRMED, _K.QUOTE_ACCEPTED):
        return status is BookingStatus.CANCELLED
    if kind in (_K.DRIVER_ASSIGNED, _K.JOB_ASSIGNED):
        return status not in JOBS or told_of != driver_id
    if kind is _K.JOB_WITHDRAWN:
        return status in JOBS and told_of == driver_id
    return False
