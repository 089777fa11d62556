"""The closed vocabularies of a booking, its quotes, its payment and its cancellation."""

from enum import StrEnum

from payments.rules.types import TransactionStatus


class BookingType(StrEnum):
    """P2P and AIRPORT are transfers, priced by distance; HOURLY is priced by time."""

    P2P = "P2P"
    HOURLY = "HOURLY"
    AIRPORT = "AIRPORT"

    @property
    def is_transfer(self) -> bool:
        return self is not BookingType.HOURLY


class QuoteStatus(StrEnum):
    """The seed's four states. Why a quote is DECLINED is said by its `declineReason`."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


class DeclineReason(StrEnum):
    """Why a quote is DECLINED: the seed has one status for three stories."""

    OTHER_ACCEPTED = "OTHER_ACCEPTED"
    WITHDRAWN = "WITHDRAWN"
    BOOKING_CLOSED = "BOOKING_CLOSED"


class PaymentStatus(StrEnum):
    """How a booking stands with its money, as its parties see it."""

    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    REFUNDED = "REFUNDED"


class CancellationCode(StrEnum):
    CLIENT_REQUEST = "CLIENT_REQUEST"
    DUPLICATE = "DUPLICATE"
    FLIGHT_CANCELLED = "FLIGHT_CANCELLED"
    NO_SHOW = "NO_SHOW"
    OPERATOR_UNAVAILABLE = "OPERATOR_UNAVAILABLE"
    VEHICLE_BREAKDOWN = "VEHICLE_BREAKDOWN"
    SAFETY = "SAFETY"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    """Nobody's to give: a ride without a hold is called off by itself."""
    OTHER = "OTHER"


GIVEN = tuple(code for code in CancellationCode if code is not CancellationCode.PAYMENT_FAILED)
"""The reasons that people give."""

TAKEN = frozenset({PaymentStatus.CAPTURED, PaymentStatus.REFUNDED})
"""Money moved, whether or not it went back since."""

_AS_SEEN_BY_THE_PARTIES = {
    TransactionStatus.PENDING: PaymentStatus.PENDING,
    TransactionStatus.AUTHORIZED: PaymentStatus.AUTHORIZED,
    TransactionStatus.CAPTURED: PaymentStatus.CAPTURED,
    TransactionStatus.REFUNDED: PaymentStatus.REFUNDED,
    # Nothing is held and nothing is paid, which is what PENDING says of a booking.
    TransactionStatus.FAILED: PaymentStatus.PENDING,
    TransactionStatus.VOIDED: PaymentStatus.PENDING,
}


def payment_status(transaction_status: TransactionStatus) -> PaymentStatus:
    """A booking's `paymentStatus` for the state of its transaction."""
    return _AS_SEEN_BY_THE_PARTIES[transaction_status]
