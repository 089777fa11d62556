"""An invoice, or a credit note, in words: the paper of a receipt (`bookings.receipts.document`) with another face."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from atlas.templatetags.ui import format_money
from atlas.typesetting import printable
from bookings import labels
from bookings.invoices.reading import Invoice
from bookings.receipts.document import Document, Party, Row, final_rows, price_rows
from bookings.receipts.document import document as receipt_document
from bookings.rules.lifecycle import BookingStatus
from payments.billing.rules import InvoiceState
from payments.ledger.sharing import share
from payments.rules.types import PaymentMethod

TONES = {
    InvoiceState.OPEN: "open",
    InvoiceState.OVERDUE: "failed",
    InvoiceState.PAID: "done",
    InvoiceState.CANCELLED: "failed",
    InvoiceState.REFUNDED: "failed",
}


def document(invoice: Invoice) -> Document:
    paper, note = receipt_document(invoice.ride), invoice.note
    issued_at = note.at if note is not None else invoice.issued_at
    issued = issued_at.astimezone(ZoneInfo(invoice.ride.timezone)).date()
    return replace(
        paper,
        issued_on=(issued.year, issued.month, issued.day),
        heading=_("Credit note") if note is not None else _("Invoice"),
        subtitle=_("For invoice %(number)s") % {"number": invoice.number} if note is not None else "",
        number=note.number if note is not None else invoice.number,
        state=_("Credited") if note is not None else str(labels.INVOICE_STATES[invoice.state]),
        tone="open" if note is not None else TONES[invoice.state],
        facts=_facts(invoice, issued),
        parties=(_addressee(invoice), *paper.parties),
        rows=_credit_rows(invoice) if note is not None else _rows(invoice),
        notes=() if note is not None else _how_to_pay(invoice),
    )


def day(value: date) -> str:
    return formats.date_format(value, "j F Y")


def _facts(invoice: Invoice, issued: date) -> tuple[tuple[str, str], ...]:
    facts = [(_("Issued"), day(issued)), (_("Booking"), invoice.ride.reference)]
    if invoice.note is None:
        terms = _("%(days)s days") % {"days": invoice.terms_days}
        facts += [(_("Due"), day(invoice.due_on)), (_("Terms"), terms)]
    return tuple(facts)


def _addressee(invoice: Invoice) -> Party:
    tax = _("Tax number %(number)s") % {"number": invoice.tax_number} if invoice.tax_number else ""
    lines = (invoice.company_name, *invoice.address.splitlines(), tax)
    return Party(_("Invoice to"), tuple(filter(None, map(printable, lines))))


def _rows(invoice: Invoice) -> tuple[Row, ...]:
    def money(cents: int) -> str:
        return format_money(cents, invoice.currency)

    ride = invoice.ride
    rows = list(price_rows(ride))
    stated = ride.final is not None and ride.final.extras is None  # extras are paid by card, and on the receipt
    if stated and ride.final is not None and ride.final.total == invoice.amount:  # else a credit note lowers it
        rows += final_rows(ride, money)
    if ride.status is BookingStatus.CANCELLED and invoice.amount != ride.price.total:
        rows.append(Row(_("Cancellation fee, instead of the agreed price"), money(invoice.amount), "sum"))
    rows += [
        Row(_("Credit note %(number)s") % {"number": each.number}, money(-each.amount)) for each in invoice.credit_notes
    ]
    if invoice.amount_paid:
        rows.append(Row(_("Paid"), money(-invoice.amount_paid)))
    rows.append(Row(_("To be paid"), f"{money(invoice.open)} {invoice.currency}", "total"))
    return tuple(rows)


def _credit_rows(invoice: Invoice) -> tuple[Row, ...]:
    """What is credited, and the tax in it: the same share as of the whole, by the rule of the books."""

    def money(cents: int) -> str:
        return format_money(cents, invoice.currency)

    amount = invoice.note.amount if invoice.note is not None else 0
    return (
        Row(_("Invoice %(number)s") % {"number": invoice.number}, money(invoice.amount)),
        Row(_("Credited"), f"{money(amount)} {invoice.currency}", "total"),
        Row(_("Of which tax"), money(share(invoice.split, amount).tax)),
    )


def _how_to_pay(invoice: Invoice) -> tuple[tuple[str, str], ...]:
    if not invoice.open:
        return ()
    notes = []
    if invoice.pay_url:
        notes.append((_("Pay by card"), invoice.pay_url))
    if invoice.bank_details and (invoice.method is PaymentMethod.WIRE or not invoice.pay_url):
        notes.append((_("Pay by bank transfer"), printable(invoice.bank_details)))
        notes.append((_("Name this as the reference"), invoice.number))
    return tuple(notes)
