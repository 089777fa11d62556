"""What the closed vocabularies of a booking are called on pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.archive.restoring import ArchiveState
from bookings.rules.lifecycle import Action, Actor, BookingStatus
from bookings.rules.types import GIVEN, BookingType, CancellationCode, DeclineReason
from fleet.rules.types import VehicleCategory
from payments.billing.rules import InvoiceState
from payments.rules.types import PaymentMethod

Labels = Mapping[str, str | Promise]

TYPES: Labels = {
    BookingType.P2P: _("Transfer"),
    BookingType.AIRPORT: _("Airport transfer"),
    BookingType.HOURLY: _("By the hour"),
}

CATEGORIES: Labels = {
    VehicleCategory.SEDAN: _("Sedan"),
    VehicleCategory.SUV: _("SUV"),
    VehicleCategory.SPRINTER: _("Sprinter van"),
    VehicleCategory.LIMO: _("Limousine"),
}

STEPS: Labels = {
    BookingStatus.SOURCING: _("Requested"),
    BookingStatus.QUOTING: _("Quotes"),
    BookingStatus.OPERATOR_ASSIGNED: _("Operator chosen"),
    BookingStatus.DRIVER_ASSIGNED: _("Driver assigned"),
    BookingStatus.DRIVER_EN_ROUTE: _("Driver on the way"),
    BookingStatus.ARRIVED: _("At the pick-up"),
    BookingStatus.PASSENGER_ONBOARD: _("Passenger on board"),
    BookingStatus.IN_PROGRESS: _("Under way"),
    BookingStatus.COMPLETED: _("Completed"),
    BookingStatus.PAID: _("Paid"),
    BookingStatus.CANCELLED: _("Cancelled"),
    BookingStatus.EXPIRED: _("Expired"),
}
"""The stations of the timeline; a NEW booking is published before anybody sees it."""

DONE: Labels = {
    Action.PUBLISH: _("Request sent to operators"),
    Action.QUOTE: _("Quote received"),
    Action.ACCEPT: _("Quote accepted"),
    Action.ASSIGN: _("Driver and vehicle assigned"),
    Action.REASSIGN: _("Driver or vehicle changed"),
    Action.EN_ROUTE: _("Driver set out"),
    Action.ARRIVE: _("Driver at the pick-up"),
    Action.BOARD: _("Passenger on board"),
    Action.START: _("Ride under way"),
    Action.COMPLETE: _("Ride completed"),
    Action.SETTLE: _("Payment captured"),
    Action.ANNOUNCE_PRICE: _("Another price announced"),
    Action.STATE_PRICE: _("Final price stated"),
    Action.APPROVE_EXTRAS: _("Extras approved and paid"),
    Action.REFUSE_EXTRAS: _("Extras refused"),
    Action.TIP: _("Tip given"),
    Action.CANCEL: _("Booking cancelled"),
    Action.EXPIRE: _("Request expired"),
}
"""The rows of the history."""

NEXT: Labels = {
    Action.EN_ROUTE: _("I am on my way"),
    Action.ARRIVE: _("I have arrived"),
    Action.BOARD: _("Passenger on board"),
    Action.START: _("Start the ride"),
    Action.COMPLETE: _("Complete the ride"),
}
"""What the driver presses; the order of the ride."""

ACTORS: Labels = {
    Actor.CONCIERGE: _("concierge"),
    Actor.OPERATOR: _("operator"),
    Actor.DRIVER: _("driver"),
    Actor.ADMIN: _("administrator"),
    Actor.SYSTEM: _("by itself"),
}

CODES: Labels = {
    CancellationCode.CLIENT_REQUEST: _("The client asked for it"),
    CancellationCode.DUPLICATE: _("Booked twice"),
    CancellationCode.FLIGHT_CANCELLED: _("The flight was cancelled"),
    CancellationCode.NO_SHOW: _("The passenger did not come"),
    CancellationCode.OPERATOR_UNAVAILABLE: _("We cannot serve it"),
    CancellationCode.VEHICLE_BREAKDOWN: _("The vehicle broke down"),
    CancellationCode.SAFETY: _("Safety"),
    CancellationCode.PAYMENT_FAILED: _("The card could not be charged"),
    CancellationCode.OTHER: _("Another reason"),
}

DECLINED: Labels = {
    DeclineReason.OTHER_ACCEPTED: _("another quote was accepted"),
    DeclineReason.WITHDRAWN: _("withdrawn"),
    DeclineReason.BOOKING_CLOSED: _("the request was closed"),
}

INVOICE_STATES: Labels = {
    InvoiceState.OPEN: _("Open"),
    InvoiceState.OVERDUE: _("Overdue"),
    InvoiceState.PAID: _("Paid"),
    InvoiceState.CANCELLED: _("Called off"),
    InvoiceState.REFUNDED: _("Refunded"),
}
METHODS_OFFERED: Labels = {
    PaymentMethod.CARD: _("Card"),
    PaymentMethod.INVOICE: _("Invoice"),
    PaymentMethod.WIRE: _("Bank transfer"),
}

CODES_OF: Mapping[Actor, tuple[CancellationCode, ...]] = {
    Actor.CONCIERGE: (
        CancellationCode.CLIENT_REQUEST,
        CancellationCode.FLIGHT_CANCELLED,
        CancellationCode.DUPLICATE,
        CancellationCode.OTHER,
    ),
    Actor.OPERATOR: (
        CancellationCode.OPERATOR_UNAVAILABLE,
        CancellationCode.VEHICLE_BREAKDOWN,
        CancellationCode.SAFETY,
        CancellationCode.OTHER,
    ),
    Actor.ADMIN: tuple(code for code in GIVEN if code is not CancellationCode.NO_SHOW),
}
"""The reasons that each part is offered; NO_SHOW joins them when it may be stated."""


def choices(labels: Labels) -> list[tuple[str, str | Promise]]:
    return list(labels.items())


ARCHIVE_STATES: Labels = {
    ArchiveState.ARCHIVED: _("In the archive"),
    ArchiveState.RESTORING: _("Being restored: that takes minutes on one machine, hours at Amazon"),
    ArchiveState.RESTORED: _("Restored, to be read"),
}
