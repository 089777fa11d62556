"""Who hears of what: the one page that lists event -> handler. One of the four files that may import upward."""

import bookings.handlers as bookings
import fleet.handlers as fleet
import payments.handlers as payments
from accounts import personal_data
from accounts.events import UserDeleted, UserRegistered
from atlas.events import subscribe
from bookings import events as booking
from fleet.events import DriverDismissed
from payments import events as payment


def wire() -> None:
    """Called once per process, when all apps are ready."""
    subscribe(UserRegistered, fleet.found_operator)
    subscribe(UserDeleted, fleet.forget_person)
    subscribe(DriverDismissed, fleet.suspend_dismissed)

    subscribe(payment.WebhookReceived, payments.handle_webhook)
    subscribe(payment.PaymentSettled, bookings.follow_payment)
    subscribe(payment.PaymentRefunded, bookings.follow_payment)
    subscribe(payment.PaymentVoided, bookings.follow_payment)
    subscribe(payment.PaymentFailed, bookings.follow_payment)
    subscribe(payment.RefundFailed, bookings.follow_payment)

    subscribe(booking.BookingChanged, bookings.show_change, bookings.keep_location)
    subscribe(booking.QuotesChanged, bookings.show_quotes)
    subscribe(booking.RequestOpened, bookings.show_request)
    subscribe(booking.DepartureMissed, bookings.alert_operator)
    subscribe(booking.RideCompleted, bookings.capture_payment)
    subscribe(booking.RideCancelled, bookings.release_payment)

    personal_data.register("bookings", bookings.personal_data)
