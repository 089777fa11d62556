"""Which e-mails follow from what happens to a booking, to whom, and when one is out of date before it is sent."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bookings.rules.lifecycle import JOBS, Action, Actor, BookingStatus


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
    }
)

TOLD: Mapping[Action, tuple[NoticeKind, ...]] = MappingProxyType(
    {
        Action.ACCEPT: (_K.CONFIRMED, _K.QUOTE_ACCEPTED),
        Action.ASSIGN: (_K.DRIVER_ASSIGNED, _K.JOB_ASSIGNED),
        Action.REASSIGN: (_K.DRIVER_ASSIGNED, _K.JOB_ASSIGNED, _K.JOB_WITHDRAWN),
        Action.CANCEL: (_K.CANCELLED, _K.RIDE_CANCELLED, _K.JOB_WITHDRAWN),
        Action.COMPLETE: (_K.COMPLETED,),
        Action.EXPIRE: (_K.EXPIRED,),
    }
)


def driver_told(kind: NoticeKind, action: Action, *, driver_id: str | None, former_driver_id: str | None) -> str | None:
    """Which driver a notice to a driver is for; None when nobody is to be told.

    `driver_id` has the job, or had it until it was cancelled; `former_driver_id` had it before somebody else.
    """
    if kind is _K.JOB_WITHDRAWN and action is Action.REASSIGN:
        return former_driver_id if former_driver_id != driver_id else None
    return driver_id


def is_outdated(kind: NoticeKind, status: BookingStatus, *, told_of: str | None, driver_id: str | None) -> bool:
    """Whether the booking went on since, so that this would be false news; what came after has its own notice.

    `told_of` is the driver whom the notice is of (to a driver: its recipient), `driver_id` the booking's now.
    """
    if kind in (_K.CONFIRMED, _K.QUOTE_ACCEPTED):
        return status is BookingStatus.CANCELLED
    if kind in (_K.DRIVER_ASSIGNED, _K.JOB_ASSIGNED):
        return status not in JOBS or told_of != driver_id
    if kind is _K.JOB_WITHDRAWN:
        return status in JOBS and told_of == driver_id
    return False
