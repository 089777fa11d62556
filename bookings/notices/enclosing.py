"""What an e-mail brings along: the paper that it tells of, as it is when it is sent."""

from typing import NamedTuple

from accounts.tables import User
from atlas.typesetting import CONTENT_TYPE
from bookings import invoices
from bookings.invoices import pdf as invoice_pdf
from bookings.invoices.reading import with_note
from bookings.receipts import pdf as receipt_pdf
from bookings.receipts.reading import receipt_of
from bookings.rules.notices import NoticeKind
from bookings.tables import Booking, Notice


class Enclosure(NamedTuple):
    to: str
    """The address: an account's own for what it is billed."""
    filename: str
    content: bytes
    content_type: str = CONTENT_TYPE


def enclosure(notice: Notice, booking: Booking, user: User) -> Enclosure:
    """Raises `Unavailable` when too many papers are made at once."""
    if notice.kind is NoticeKind.RECEIPT:
        receipt = receipt_of(booking)
        return Enclosure(user.email, receipt_pdf.filename(receipt), receipt_pdf.render(receipt))
    invoice = invoices.invoice_of(booking)
    if notice.kind is NoticeKind.CREDIT_NOTE:
        invoice = with_note(invoice, paper_name(notice))
    return Enclosure(invoice.email, invoice_pdf.filename(invoice), invoice_pdf.render(invoice))


def paper_name(notice: Notice) -> str:
    """`<name>.<kind>.<recipient>`"""
    return str(notice.id).split(".")[0]
