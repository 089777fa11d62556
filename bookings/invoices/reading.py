"""What is owed for a ride, as who pays, who drove and staff may see it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Forbidden, NotFound
from bookings.looking import saw_booking, saw_driver
from bookings.permissions import party
from bookings.receipts.reading import Receipt, read_ride
from bookings.rules.lifecycle import Actor
from bookings.tables import Booking
from fleet.tables import Driver
from payments.billing.documents import CreditNote
from payments.billing.rules import InvoiceState, invoice_state
from payments.ledger.documents import Split
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction


@dataclass(frozen=True, slots=True)
class Invoice:
    """Integer cents. `ride` is what was driven and at what price; `note` is set where it is shown as a credit note."""

    number: str
    booking_id: str
    transaction_id: str
    ride: Receipt
    state: InvoiceState
    method: PaymentMethod
    issued_at: datetime
    due_on: date
    terms_days: int
    amount: int
    owed: int
    """Of it, whatever was paid: less once the ride turned out to cost less."""
    amount_paid: int
    amount_refunded: int
    currency: str
    company_name: str
    address: str
    email: str
    tax_number: str | None
    pay_url: str | None
    """Square's page, while it can be paid there."""
    bank_details: str
    """Where a transfer goes, while it is owed."""
    credit_notes: tuple[CreditNote, ...]
    split: Split
    note: CreditNote | None = None

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return self.owed if self.state in (InvoiceState.OPEN, InvoiceState.OVERDUE) else 0


def invoice(*, user: CurrentUser, booking_id: str) -> Invoice:
    """Raises `NotFound` for outsiders, `Forbidden` for the driver, `Conflict` (`no_invoice`) where there is none."""
    booking = Booking.find(booking_id, consistent=True)
    if booking is None:
        raise NotFound
    if party(user, booking) is Actor.DRIVER:
        raise Forbidden("Invoices are for who pays and who is paid.")
    found, driver = _read(booking)
    saw_booking(user, booking)
    saw_driver(user, driver)
    return found


def credit_note(*, user: CurrentUser, booking_id: str, number: str) -> Invoice:
    """The invoice with the credit note of it that bears this number. Raises as `invoice`, and `NotFound`."""
    return with_note(invoice(user=user, booking_id=booking_id), number)


def with_note(found: Invoice, number: str) -> Invoice:
    note = next((each for each in found.credit_notes if each.number == number), None)
    if note is None:
        raise NotFound
    return replace(found, note=note)


def invoice_of(booking: Booking) -> Invoice:
    """The same, for a paper that goes to who pays."""
    return _read(booking)[0]


def _read(booking: Booking) -> tuple[Invoice, Driver | None]:
    row = PaymentTransaction.find(booking.transaction_id, consistent=True) if booking.transaction_id else None
    if row is None or row.bill is None:
        raise Conflict("There is no invoice for this ride.", code="no_invoice", details={"status": booking.status})
    bill, state = row.bill, invoice_state(row.status, row.due_date, utc_now().date())
    owed = state in (InvoiceState.OPEN, InvoiceState.OVERDUE)
    ride, driver = read_ride(booking)
    found = Invoice(
        number=bill.number,
        booking_id=booking.id,
        transaction_id=row.id,
        ride=ride,
        state=state,
        method=row.method,
        issued_at=row.issued_at,
        due_on=row.due_date,
        terms_days=bill.terms_days,
        amount=bill.amount,
        owed=row.amount,
        amount_paid=row.amount if state in (InvoiceState.PAID, InvoiceState.REFUNDED) else 0,
        amount_refunded=row.refunded,
        currency=row.currency,
        company_name=bill.to.company_name,
        address=bill.to.address,
        email=bill.to.email,
        tax_number=bill.to.tax_number,
        pay_url=bill.url if owed else None,
        bank_details=settings.BANK_DETAILS if owed else "",
        credit_notes=tuple(bill.credit_notes),
        split=row.split,
    )
    return found, driver
