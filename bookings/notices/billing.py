"""What is said of papers: receipts, invoices, reminders, credit notes. The paper itself is enclosed."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from atlas.templatetags.ui import format_money
from bookings.crew import Crew
from bookings.invoices.document import day
from bookings.invoices.reading import Invoice, invoice_of
from bookings.notices.said import Facts, Wording
from bookings.tables import Booking
from payments.rules.types import PaymentMethod


def receipt(booking: Booking, crew: Crew) -> Wording:
    return Wording(
        _("Your receipt %(number)s") % {"number": booking.receipt_number or booking.reference},
        _("Thank you. The receipt of your ride %(reference)s is enclosed.") % {"reference": booking.reference},
        (
            (_("Booking"), booking.reference),
            (_("Operator"), crew.operator.company_name if crew.operator else ""),
        ),
        _url("bookings:receipt", booking),
        _("Show the receipt"),
    )


def invoice(booking: Booking, crew: Crew) -> Wording:
    bill = invoice_of(booking)
    return Wording(
        _("Invoice %(number)s for your ride %(reference)s") % {"number": bill.number, "reference": booking.reference},
        _("The ride is over; its invoice is enclosed."),
        _facts(bill),
        *_where(bill, booking),
    )


def overdue(booking: Booking, crew: Crew) -> Wording:
    bill = invoice_of(booking)
    return Wording(
        _("Reminder: invoice %(number)s is overdue") % {"number": bill.number},
        _("We have no payment for this invoice yet. If you have paid in the last days, there is nothing left to do."),
        _facts(bill),
        *_where(bill, booking),
    )


def credit_note(booking: Booking, crew: Crew) -> Wording:
    bill = invoice_of(booking)
    return Wording(
        _("Credit note for invoice %(number)s") % {"number": bill.number},
        _("A part of the invoice, or all of it, is not to be paid or was given back. The credit note is enclosed."),
        ((_("Invoice"), bill.number), (_("Booking"), booking.reference)),
        _url("bookings:invoice", booking),
        _("Show the invoice"),
    )


def _facts(bill: Invoice) -> Facts:
    facts = [
        (_("Invoice"), bill.number),
        (_("To"), bill.company_name),
        (_("To be paid"), format_money(bill.open, bill.currency)),
        (_("Due"), day(bill.due_on)),
    ]
    if bill.bank_details and bill.method is PaymentMethod.WIRE:
        facts += [(_("By bank transfer"), bill.bank_details), (_("Reference"), bill.number)]
    return tuple(facts)


def _where(bill: Invoice, booking: Booking) -> tuple[str, str]:
    if bill.pay_url:
        return bill.pay_url, _("Pay the invoice")
    return _url("bookings:invoice", booking), _("Show the invoice")


def _url(name: str, booking: Booking) -> str:
    return str(settings.PUBLIC_URL) + reverse(name, args=[booking.id])
