"""What was paid for a ride, as its parties may see it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.users import CurrentUser
from atlas.dynamo.many import get_many
from atlas.errors import Conflict, NotFound
from bookings.looking import saw_booking, saw_driver
from bookings.permissions import party
from bookings.rules.lifecycle import SERVED, BookingStatus
from bookings.rules.pricing import Breakdown, split_total
from bookings.rules.tax import tax_rate
from bookings.rules.types import TAKEN, PaymentStatus
from bookings.tables import Booking
from fleet.rules.pricing_rule import DEFAULT_RULES
from fleet.tables import Driver, Operator, Vehicle
from payments.tables import PaymentTransaction


@dataclass(frozen=True, slots=True)
class Receipt:
    """Integer cents; `price` is of the agreed price, `amount_paid` what was taken of it."""

    number: str
    booking_id: str
    reference: str
    issued_at: datetime
    status: BookingStatus
    payment_status: PaymentStatus
    price: Breakdown
    cancellation_fee: int | None
    amount_paid: int
    amount_refunded: int
    currency: str
    card_brand: str | None
    card_last4: str | None
    pickup_location: str
    dropoff_location: str
    pickup_at: datetime
    completed_at: datetime | None
    operator_name: str
    business_license: str
    driver_name: str
    vehicle_name: str
    plate_number: str


def receipt(*, user: CurrentUser, booking_id: str) -> Receipt:
    """Raises `NotFound` for outsiders, `Conflict` `no_receipt_yet` before there is anything to receipt."""
    booking = Booking.find(booking_id, consistent=True)
    if booking is None:
        raise NotFound
    party(user, booking)
    captured = booking.payment_status in TAKEN
    charged = captured or booking.status in SERVED or bool(booking.cancellation_fee)
    if not charged or booking.transaction_id is None or booking.final_price is None:
        raise Conflict(
            "There is a receipt once the ride is completed.", code="no_receipt_yet", details={"status": booking.status}
        )
    transaction, operator, driver, vehicle = get_many(
        (PaymentTransaction, booking.transaction_id),
        (Operator, booking.operator_id),
        (Driver, booking.driver_id or "-"),
        (Vehicle, booking.vehicle_id),
    )
    saw_booking(user, booking)
    saw_driver(user, driver)
    return Receipt(
        number=f"{booking.reference}-1",
        booking_id=booking.id,
        reference=booking.reference,
        issued_at=booking.completed_at or booking.cancelled_at or booking.updated_at,
        status=booking.status,
        payment_status=booking.payment_status,
        price=_price(booking, operator),
        cancellation_fee=booking.cancellation_fee,
        amount_paid=transaction.amount if captured else 0,
        amount_refunded=transaction.refunded,
        currency=booking.currency,
        card_brand=transaction.metadata.card_brand,
        card_last4=transaction.metadata.card_last4,
        pickup_location=booking.details.pickup_location,
        dropoff_location=booking.details.dropoff_location,
        pickup_at=booking.pickup_at,
        completed_at=booking.completed_at,
        operator_name=operator.company_name,
        business_license=operator.business_license,
        driver_name=driver.name if driver else "",
        vehicle_name=vehicle.name,
        plate_number=vehicle.plate_number,
    )


def _price(booking: Booking, operator: Operator) -> Breakdown:
    """The accepted total in its parts, by the operator's commission and the place's tax."""
    category = booking.details.vehicle_category
    default = DEFAULT_RULES[category]
    own = getattr(operator.pricing_rules, category.lower(), None)
    commission = Decimal(str(own.driver_commission_pct)) if own else default.driver_commission_pct
    otherwise = Decimal(str(own.tax_rate)) if own else default.tax_rate
    rate = tax_rate(booking.details.tax_jurisdiction, otherwise=otherwise)
    return split_total(booking.final_price or 0, tax_rate=rate, driver_commission_pct=commission)
