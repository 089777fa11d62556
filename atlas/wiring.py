"""Who hears of what: the one page that lists event -> handler. One of the four files that may import upward."""

import bookings.handlers as bookings
import fleet.handlers as fleet
import payments.handlers as payments
import telemetry.handlers as telemetry
from accounts.access_log import changes
from accounts.access_log import handlers as access_log
from accounts.access_log.recorder import AccessLogRecorder
from accounts.events import UserDeleted, UserRegistered
from accounts.privacy import erasures, own, platform
from accounts.privacy.registry import declare
from atlas import trail
from atlas.backoffice.site import AtlasAdminSite
from atlas.events import subscribe
from atlas.jobs.events import JobFileDownloaded
from bookings import books as bookings_books
from bookings import events as booking
from bookings import privacy as bookings_privacy
from bookings.admin.searching import booking_id
from bookings.commanding import ride_of
from bookings.missed import tell_fleet
from fleet import privacy as fleet_privacy
from fleet.events import DriverDismissed, InvitationSent
from payments import events as payment
from payments import privacy as payments_privacy
from payments.admin.searching import Names
from payments.ledger import writing as payments_books
from payments.references import References
from telemetry import events as telemetry_event
from telemetry import privacy as telemetry_privacy
from telemetry.commands.rides import rides_from


def wire() -> None:
    """Called once per process, when all apps are ready."""
    trail.keep(changes.keep)
    AtlasAdminSite.recorder = AccessLogRecorder()
    Names.reference_of = staticmethod(booking_id)
    References.names_of = staticmethod(bookings_books.names_of)
    payments_books.splits_from(bookings_books.split_of)
    rides_from(ride_of)

    subscribe(UserRegistered, fleet.found_operator)
    subscribe(UserDeleted, fleet.forget_person, erasures.begin)
    subscribe(JobFileDownloaded, access_log.keep_download)
    subscribe(DriverDismissed, fleet.suspend_dismissed)
    subscribe(InvitationSent, fleet.mail_invitation)

    subscribe(payment.WebhookReceived, payments.handle_webhook)
    subscribe(payment.PaymentDiffers, payments.hold_for_finance)
    subscribe(payment.PaymentSettled, bookings.follow_payment)
    subscribe(payment.PaymentRefunded, bookings.follow_payment, bookings.credit_invoice)
    subscribe(payment.PaymentVoided, bookings.follow_payment, bookings.credit_invoice)
    subscribe(payment.PaymentFailed, bookings.follow_payment)
    subscribe(payment.RefundFailed, bookings.follow_payment)
    subscribe(payment.CardRemoved, bookings.miss_card)
    subscribe(payment.PaymentCorrected, bookings.follow_payment, bookings.credit_invoice)
    subscribe(payment.InvoiceIssued, bookings.send_invoice)
    subscribe(payment.InvoiceOverdue, bookings.remind)

    subscribe(telemetry_event.CommandAsked, telemetry.send_command)
    subscribe(telemetry_event.AlertRaised, telemetry.show_alert, telemetry.mail_alert)
    subscribe(telemetry_event.ClipUploaded, telemetry.process_clip)
    subscribe(telemetry_event.ReportAsked, telemetry.make_report)
    subscribe(telemetry_event.ReportMade, telemetry.mail_report)

    subscribe(booking.BookingChanged, bookings.show_change, bookings.keep_location)
    subscribe(booking.QuotesChanged, bookings.show_quotes)
    subscribe(booking.RequestOpened, bookings.show_request)
    subscribe(booking.DepartureMissed, bookings.alert_operator, tell_fleet)
    subscribe(booking.RideCompleted, bookings.capture_payment)
    subscribe(booking.ChargeHeld, bookings.capture_charge)
    subscribe(booking.RideCancelled, bookings.release_payment)
    subscribe(booking.HoldReplaced, bookings.release_hold)
    subscribe(booking.FeeDue, bookings.charge_fee)
    subscribe(booking.BookingAlert, bookings.show_alert)
    subscribe(booking.NoticesDue, bookings.tell_parties)
    subscribe(booking.NoticeWanted, bookings.tell_again)
    subscribe(booking.RestoreWanted, bookings.restore)
    subscribe(booking.PaperDue, bookings.send_paper)

    declare("accounts", own.PART)
    declare("atlas", platform.PART)
    declare("bookings", bookings_privacy.PART)
    declare("fleet", fleet_privacy.PART)
    declare("payments", payments_privacy.PART)
    declare("telemetry", telemetry_privacy.PART)
