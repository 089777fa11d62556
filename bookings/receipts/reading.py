"""What was paid for a ride, as its parties may see it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.many import get_many
from atlas.errors import Conflict, NotFound
from bookings.archive.restoring import check_not_archived
from bookings.looking import saw_booking, saw_driver
from bookings.permissions import party
from bookings.rules.lifecycle import SERVED, BookingStatus
from bookings.rules.pricing import Breakdown
from bookings.rules.types import TAKEN, BookingType, PaymentStatus, payment_status
from bookings.selling import breakdown, sold
from bookings.services.numbering import catch_up, is_due
from bookings.tables import Booking, ItineraryDay
from fleet.rules.types import VehicleCategory
from fleet.tables import Driver, Operator, Vehicle
from payments.rules.types import PaymentMethod, PaymentPurpose
from payments.tables import PaymentTransaction

Coordinates = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ReceiptDay:
    """One day of several: wall time in the pick-up's zone."""

    day_number: int
    date: str
    time: str
    hours: float
    pickup_location: str
    dropoff_location: str | None


@dataclass(frozen=True, slots=True)
class ReceiptFinal:
    """The price that was stated after the ride; `extras` are the parts of what is above the agreed one and was paid."""

    total: int
    reason: str
    extras: Breakdown | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Integer cents; `price` is of the agreed price, `amount_paid` what was taken in all, the tip included.

    `number` is None until money was taken. `pickup` and `dropoff` are (lat, lng), for the map.
    """

    number: str | None
    booking_id: str
    reference: str
    issued_at: datetime
    status: BookingStatus
    payment_status: PaymentStatus
    price: Breakdown
    tax_jurisdiction: str
    tax_rate: str
    cancellation_fee: int | None
    amount_paid: int
    amount_refunded: int
    currency: str
    card_brand: str | None
    card_last4: str | None
    method: PaymentMethod
    type: BookingType
    vehicle_category: VehicleCategory
    pickup_location: str
    dropoff_location: str
    pickup: Coordinates | None
    dropoff: Coordinates | None
    pickup_at: datetime
    timezone: str
    completed_at: datetime | None
    itinerary: tuple[ReceiptDay, ...]
    concierge_name: str
    passenger_name: str
    operator_name: str
    business_license: str
    driver_name: str
    vehicle_name: str
    plate_number: str
    final: ReceiptFinal | None = None
    tip: int = 0


def receipt(*, user: CurrentUser, booking_id: str) -> Receipt:
    """Raises `NotFound` for outsiders, `Conflict` `no_receipt_yet` before there is anything to receipt."""
    booking = Booking.find(booking_id, consistent=True)
    if booking is None:
        check_not_archived(user, booking_id)
        raise NotFound
    party(user, booking)
    if not is_charged(booking):
        raise Conflict(
            "There is a receipt once the ride is completed.", code="no_receipt_yet", details={"status": booking.status}
        )
    if is_due(booking):
        booking = catch_up(booking_id=booking.id)
    found, driver = read_ride(booking)
    saw_booking(user, booking)
    saw_driver(user, driver)
    return found


def receipt_of(booking: Booking) -> Receipt:
    """The same, for a paper that goes to who pays."""
    return read_ride(booking)[0]


def read_ride(booking: Booking) -> tuple[Receipt, Driver | None]:
    """The receipt, and who drove."""
    others = [(PaymentTransaction, each.transaction_id) for each in booking.charges]
    transaction, operator, driver, vehicle, concierge, *charges = get_many(
        (PaymentTransaction, booking.transaction_id),
        (Operator, booking.operator_id),
        (Driver, booking.driver_id or "-"),
        (Vehicle, booking.vehicle_id),
        (User, booking.concierge_id),
        *others,
    )
    return _receipt(booking, transaction, operator, driver, vehicle, concierge, charges), driver


def is_charged(booking: Booking) -> bool:
    """Whether there is, or will be, something to receipt."""
    charged = booking.payment_status in TAKEN or booking.status in SERVED or bool(booking.cancellation_fee)
    return charged and booking.transaction_id is not None and booking.final_price is not None


def _receipt(
    booking: Booking,
    transaction: PaymentTransaction,
    operator: Operator,
    driver: Driver | None,
    vehicle: Vehicle,
    concierge: User | None,
    charges: list[PaymentTransaction],
) -> Receipt:
    details, sale = booking.details, sold(booking, operator)
    taken = {each.purpose: each for each in charges if payment_status(each.status) in TAKEN}
    return Receipt(
        number=booking.receipt_number,
        booking_id=booking.id,
        reference=booking.reference,
        issued_at=booking.receipted_at or booking.completed_at or booking.cancelled_at or booking.updated_at,
        status=booking.status,
        payment_status=booking.payment_status,
        price=breakdown(sale),
        tax_jurisdiction=details.tax_jurisdiction,
        tax_rate=sale.tax_rate,
        cancellation_fee=booking.cancellation_fee,
        amount_paid=sum(each.amount for each in (transaction, *charges) if payment_status(each.status) in TAKEN),
        amount_refunded=sum(each.refunded for each in (transaction, *charges)),
        currency=booking.currency,
        card_brand=transaction.metadata.card_brand,
        card_last4=transaction.metadata.card_last4,
        method=transaction.method,
        type=booking.type_,
        vehicle_category=details.vehicle_category,
        pickup_location=details.pickup_location,
        dropoff_location=details.dropoff_location,
        pickup=_coordinates(details.pickup),
        dropoff=_coordinates(details.dropoff),
        pickup_at=booking.pickup_at,
        timezone=details.timezone,
        completed_at=booking.completed_at,
        itinerary=tuple(_day(each) for each in details.itinerary),
        concierge_name=concierge.name if concierge else "",
        passenger_name=details.passenger_name,
        operator_name=operator.company_name,
        business_license=operator.business_license,
        driver_name=driver.name if driver else "",
        vehicle_name=vehicle.name,
        plate_number=vehicle.plate_number,
        final=_final(booking, extras_paid=PaymentPurpose.EXTRA in taken),
        tip=taken[PaymentPurpose.TIP].amount if PaymentPurpose.TIP in taken else 0,
    )


def _final(booking: Booking, *, extras_paid: bool) -> ReceiptFinal | None:
    """What was stated counts once it binds: at once where it is lower, once they are paid where there are extras."""
    final = booking.final
    if final is None or not (final.is_lower or extras_paid):
        return None
    extras = breakdown(final.extras) if extras_paid else None
    return ReceiptFinal(total=final.total, reason=final.reason, extras=extras)


def _day(day: ItineraryDay) -> ReceiptDay:
    return ReceiptDay(
        day_number=day.day_number,
        date=day.date,
        time=day.time,
        hours=day.hours,
        pickup_location=day.pickup_location,
        dropoff_location=day.dropoff_location,
    )


def _coordinates(point: object) -> Coordinates | None:
    return (point.lat, point.lng) if point is not None else None  # type: ignore[attr-defined]
