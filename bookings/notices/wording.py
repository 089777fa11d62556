"""What each notice says: one source for its HTML and its text. Of the passenger it says nothing.

No pictures, no tracked links, nothing fetched from anywhere. Who signs in finds the rest on the booking's page.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.tables import User
from atlas.templatetags.ui import format_money
from bookings import labels
from bookings.crew import Crew
from bookings.notices import billing, payment
from bookings.notices.said import Facts, Wording
from bookings.receipts import links
from bookings.receipts.reading import is_charged
from bookings.rules.final_price import PriceState
from bookings.rules.notices import NoticeKind
from bookings.tables import Booking
from payments.declines import explain

RECEIPTED = frozenset({NoticeKind.COMPLETED, NoticeKind.CANCELLED})
"""What is told with the receipt at hand."""


def wording(kind: NoticeKind, booking: Booking, crew: Crew, reader: User) -> Wording:
    """In the language that is active. `crew` are those who serve the booking now, `reader` gets the notice."""
    said = WORDS[kind](booking, crew)
    if kind not in RECEIPTED or not is_charged(booking):
        return said
    words = _("Receipt as PDF, for 30 days")
    return replace(said, document=links.address_of(booking, reader), document_text=words)


def local_pickup(booking: Booking) -> str:
    """By the clock at the pick-up, with its zone: `Thu 24 Dec 2026, 18:30 (America/New_York)`."""
    return local_time(booking.pickup_at, booking.details.timezone)


def local_time(instant: datetime, timezone: str) -> str:
    local = instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return f"{formats.date_format(local, 'D j M Y, H:i')} ({timezone})"


def _confirmed(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Your ride %(reference)s is confirmed") % {"reference": booking.reference},
        payment.confirmed(booking),
        (
            *_ride(booking),
            (_("From"), booking.details.pickup_location),
            *(((_("To"), booking.details.dropoff_location),) if booking.details.dropoff_location else ()),
            (_("Operator"), crew.operator.company_name if crew.operator else ""),
            (_("Vehicle"), crew.vehicle.name if crew.vehicle else ""),
            (_("Price"), _money(booking, booking.final_price)),
            *_reserved_at(booking),
        ),
        *_page(booking),
    )


def _driver_assigned(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Who drives your ride %(reference)s") % {"reference": booking.reference},
        _("Driver and car of your ride:"),
        (*_ride(booking), (_("Driver"), crew.driver.name if crew.driver else ""), *_car(crew)),
        *_page(booking),
    )


def _cancelled(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Your ride %(reference)s is cancelled") % {"reference": booking.reference},
        payment.cancelled(booking),
        (*_ride(booking), *_cancellation(booking)),
        *_page(booking),
    )


def _completed(booking: Booking, crew: Crew) -> Wording:
    on_account = payment.is_on_account(booking)
    return Wording(
        _("Your ride %(reference)s is completed") % {"reference": booking.reference},
        payment.completed(booking),
        (*_ride(booking), (_("Price"), _money(booking, booking.final_price))),
        *((_url("bookings:receipt", booking), _("Show the receipt")) if not on_account else _page(booking)),
    )


def _price_stated(booking: Booking, crew: Crew) -> Wording:
    final = booking.final
    asked = final is not None and final.state is PriceState.ASKED
    return Wording(
        _("The final price of your ride %(reference)s") % {"reference": booking.reference},
        _("The operator has stated what the ride cost. What is beyond the agreed price waits for your answer.")
        if asked
        else _("The operator has stated what the ride cost."),
        (
            *_ride(booking),
            (_("Agreed price"), _money(booking, booking.final_price)),
            (_("Final price"), _money(booking, final.total if final is not None else booking.final_price)),
        ),
        *_page(booking),
    )


def _expired(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Your request %(reference)s has expired") % {"reference": booking.reference},
        _("No quote was accepted in time, and the request is closed. Nothing was charged. You can ask anew."),
        _ride(booking),
        settings.PUBLIC_URL + reverse("bookings:new"),
        _("Request a ride"),
    )


def _quote_accepted(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Your quote for %(reference)s was accepted") % {"reference": booking.reference},
        _("The ride is yours. Please assign a driver and a vehicle."),
        (
            *_ride(booking),
            (_("Vehicle"), crew.vehicle.name if crew.vehicle else ""),
            (_("Price"), _money(booking, booking.final_price)),
        ),
        *_page(booking),
    )


def _ride_cancelled(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("The ride %(reference)s was cancelled") % {"reference": booking.reference},
        _("It will not take place. Its driver and vehicle are free again."),
        (*_ride(booking), *_cancellation(booking)),
        *_page(booking),
    )


def _job_assigned(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("A ride for you: %(reference)s") % {"reference": booking.reference},
        _("You drive this one. Where it goes is on the page of your jobs."),
        (*_ride(booking), *_car(crew)),
        settings.PUBLIC_URL + reverse("bookings:jobs"),
        _("Show my jobs"),
    )


def _job_withdrawn(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("No longer yours: %(reference)s") % {"reference": booking.reference},
        _("You do not drive this ride any more. Your time is free again."),
        _ride(booking),
        settings.PUBLIC_URL + reverse("bookings:jobs"),
        _("Show my jobs"),
    )


def _card_refused(booking: Booking, crew: Crew) -> Wording:
    decline = explain(booking.hold.code)
    again = booking.hold.ask_at
    return Wording(
        _("Your card for %(reference)s was not accepted") % {"reference": booking.reference},
        _("The price could not be reserved. Without a card that pays, the ride is called off two hours before."),
        (
            *_ride(booking),
            (_("Price"), _money(booking, booking.final_price)),
            (_("What the bank says"), str(decline.said)),
            *(((_("The same card is asked again"), local_time(again, booking.details.timezone)),) if again else ()),
        ),
        _url("bookings:card", booking),
        _("Use another card"),
    )


def _payment_missing(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Not paid for yet: %(reference)s") % {"reference": booking.reference},
        _(
            "The client's card did not give the price. They are asked for another one; without it the ride is called "
            "off two hours before the pick-up. Nobody can set out until it is paid for."
        ),
        (*_ride(booking), (_("Price"), _money(booking, booking.final_price))),
        *_page(booking),
    )


def _card_gone(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Your ride %(reference)s needs another card") % {"reference": booking.reference},
        _("The card that was to pay for it is not kept any more. The ride stays booked; give another card in time."),
        (*_ride(booking), (_("Price"), _money(booking, booking.final_price))),
        _url("bookings:card", booking),
        _("Use another card"),
    )


def _fee_refused(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("The cancellation fee of %(reference)s could not be charged") % {"reference": booking.reference},
        _("The card did not give the fee of the ride that was cancelled. It stays owed; please give another card."),
        (
            *_ride(booking),
            (_("Cancellation fee"), _money(booking, booking.cancellation_fee or 0)),
            *(((_("What the bank says"), str(explain(booking.hold.code).said)),) if booking.hold else ()),
        ),
        _url("bookings:card", booking),
        _("Use another card"),
    )


WORDS: Mapping[NoticeKind, Callable[[Booking, Crew], Wording]] = {
    NoticeKind.CONFIRMED: _confirmed,
    NoticeKind.DRIVER_ASSIGNED: _driver_assigned,
    NoticeKind.CANCELLED: _cancelled,
    NoticeKind.COMPLETED: _completed,
    NoticeKind.EXPIRED: _expired,
    NoticeKind.PRICE_STATED: _price_stated,
    NoticeKind.QUOTE_ACCEPTED: _quote_accepted,
    NoticeKind.RIDE_CANCELLED: _ride_cancelled,
    NoticeKind.JOB_ASSIGNED: _job_assigned,
    NoticeKind.JOB_WITHDRAWN: _job_withdrawn,
    NoticeKind.CARD_REFUSED: _card_refused,
    NoticeKind.PAYMENT_MISSING: _payment_missing,
    NoticeKind.CARD_GONE: _card_gone,
    NoticeKind.FEE_REFUSED: _fee_refused,
    NoticeKind.RECEIPT: billing.receipt,
    NoticeKind.INVOICE: billing.invoice,
    NoticeKind.INVOICE_OVERDUE: billing.overdue,
    NoticeKind.CREDIT_NOTE: billing.credit_note,
}


def _ride(booking: Booking) -> Facts:
    return ((_("Booking"), booking.reference), (_("Pick-up"), local_pickup(booking)))


def _car(crew: Crew) -> Facts:
    if crew.vehicle is None:
        return ()
    return ((_("Car"), crew.vehicle.name), (_("Plate"), crew.vehicle.plate_number))


def _cancellation(booking: Booking) -> Facts:
    code = booking.cancellation_code
    return (
        *(((_("Reason"), str(labels.CODES.get(code, code))),) if code else ()),
        (_("Cancellation fee"), _money(booking, booking.cancellation_fee or 0)),
    )


def _reserved_at(booking: Booking) -> Facts:
    """When the card on file is asked, where that is still to come."""
    if booking.transaction_id or booking.hold is None or booking.hold.ask_at is None:
        return ()
    return ((_("Reserved on your card"), local_time(booking.hold.ask_at, booking.details.timezone)),)


def _page(booking: Booking) -> tuple[str, str]:
    return _url("bookings:detail", booking), _("Show the booking")


def _url(name: str, booking: Booking) -> str:
    return str(settings.PUBLIC_URL) + reverse(name, args=[booking.id])


def _money(booking: Booking, cents: int | None) -> str:
    return format_money(cents, booking.currency)
