"""What happens to bookings, for those who listen (`atlas.wiring`). Plain values only: the outbox keeps them as JSON."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """A booking is not what it was: live views show it anew. Published, never stored."""

    booking_id: str
    concierge_id: str
    operator_id: str | None
    driver_id: str | None
    vehicle_id: str | None
    status: str
    payment_status: str
    version: int
    action: str | None
    """None where something else than the status changed."""


@dataclass(frozen=True, slots=True)
class BookingAlert:
    """Something about a booking wants somebody to act. Published beside the e-mail, never stored."""

    booking_id: str
    concierge_id: str
    operator_id: str | None
    code: str


@dataclass(frozen=True, slots=True)
class QuotesChanged:
    """The quotes of an open booking are not what they were. Published, never stored."""

    booking_id: str
    concierge_id: str
    quote_id: str
    operator_id: str


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """A request is open for quotes, or no longer. Published, never stored."""

    booking_id: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class RideCompleted:
    """The ride took place: its payment is to be captured. In the outbox until that is done."""

    booking_id: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class ChargeHeld:
    """Extras or a tip are held on the card: they are to be taken at once. In the outbox until that is done."""

    booking_id: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class RideCancelled:
    """A paid-for ride will not take place: `fee` cents are kept, the rest is released. In the outbox until done."""

    booking_id: str
    transaction_id: str
    fee: int


@dataclass(frozen=True, slots=True)
class HoldReplaced:
    """A hold is not needed any more, as another one stands or the ride is over: to be released. In the outbox."""

    booking_id: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class FeeDue:
    """A ride without a hold was cancelled at a fee: its card is asked for that. In the outbox until it has answered."""

    booking_id: str


@dataclass(frozen=True, slots=True)
class DepartureMissed:
    """Nobody had set out 60 minutes before the pick-up: the operator must act. In the outbox."""

    booking_id: str
    operator_id: str


@dataclass(frozen=True, slots=True)
class NoticesDue:
    """Something happened that a booking's parties are told by e-mail. In the outbox until they are."""

    booking_id: str
    sequence: int
    """Of its row in the history."""
    action: str
    driver_id: str | None
    """Who has the job, or had it until this."""
    former_driver_id: str | None
    """Who had it before, where somebody else has it now."""


@dataclass(frozen=True, slots=True)
class PaperDue:
    """A receipt, an invoice, a reminder or a credit note is to be sent to who pays. In the outbox until it is."""

    booking_id: str
    kind: str
    """A `NoticeKind`."""
    name: str
    """Its number, or which reminder it is: each is sent once."""


@dataclass(frozen=True, slots=True)
class NoticeWanted:
    """Staff want a notice sent again. In the outbox until it is."""

    booking_id: str
    notice_id: str


@dataclass(frozen=True, slots=True)
class RestoreWanted:
    """Somebody wants to read an archived booking: the object store is asked for its file."""

    booking_id: str
