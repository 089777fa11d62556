"""The marketplace's own table: bookings."""

from datetime import timedelta
from typing import Any

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.shown import Shown
from atlas.dynamo.table import Capacity, Schema, Table, Upgrade
from atlas.trail import Trail
from bookings.rules.final_price import largest_tip
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.told import PASSING, TOLD_PLAINLY
from bookings.rules.types import BookingType, CancellationCode, PaymentStatus
from bookings.tables.details import Details
from bookings.tables.final import Charge, Charging, FinalPrice
from bookings.tables.holding import Hold
from bookings.tables.prices import Acceptance, ExtrasConsent, PriceBreakdown, Sold
from payments.rules.types import PaymentPurpose


class BookingsByConcierge(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "concierge-index"
        projection = AllProjection()

    concierge_id = UnicodeAttribute(hash_key=True, attr_name="conciergeId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class BookingsByOperator(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "operator-index"
        projection = AllProjection()

    operator_id = UnicodeAttribute(hash_key=True, attr_name="operatorId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class BookingsByDriver(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "driver-index"
        projection = AllProjection()

    driver_id = UnicodeAttribute(hash_key=True, attr_name="driverId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class OpenBookings(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "open-index"
        projection = AllProjection()

    open_shard = NumberAttribute(hash_key=True, attr_name="openShard")
    open_since = UnicodeAttribute(range_key=True, attr_name="openSince")


class DriverJobs(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "jobs-index"
        projection = AllProjection()

    job_driver_id = UnicodeAttribute(hash_key=True, attr_name="jobDriverId")
    pickup_at = InstantAttribute(range_key=True, attr_name="pickupAt")


class DueBookings(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class BookingsByCard(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "card-index"
        projection = KeysOnlyProjection()

    counts_on = UnicodeAttribute(hash_key=True, attr_name="countsOn")


class BookingsByDay(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "day-index"
        projection = KeysOnlyProjection()

    created_day = UnicodeAttribute(hash_key=True, attr_name="createdDay")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class BookingsByPickup(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "pickup-index"
        projection = KeysOnlyProjection()

    pickup_day = UnicodeAttribute(hash_key=True, attr_name="pickupDay")
    pickup_at = InstantAttribute(range_key=True, attr_name="pickupAt")


def with_pickup_day(item: dict[str, Any]) -> dict[str, Any]:
    """To 1.1.0: the day of the pick-up is the beginning of its instant's text."""
    return {**item, "pickupDay": item["pickupAt"][:10]}


class Booking(Table):
    """A trip that somebody asked for, and everything that came of it.

    - by id: GetItem `id`; by reference: `uniques` `reference:<ATL-...>`, then GetItem
    - access pattern 1, a concierge's: `concierge-index`, newest first
    - an operator's: `operator-index`, newest first
    - access pattern 2, open for quotes: `open-index`, sparse, one query per shard merged by time
    - access pattern 3, a driver's jobs by pick-up time: `jobs-index`, sparse (DRIVER_ASSIGNED to IN_PROGRESS);
      a driver's past: `driver-index`, newest first
    - what a deadline is due for: `due-index`, sparse, one query per shard, `dueAt <= now`
    - those that count on a card on file: `card-index`, sparse (sold, and not over)
    - all of a day (staff): `day-index`, newest first
    - the rides of a day (staff): `pickup-index`, by pick-up time; keys that never change, so one write per booking
    """

    class Meta(Schema):
        name = "bookings"
        version = "1.3.0"
        upgrades = {
            "1.0.0": Upgrade("1.1.0", with_pickup_day),
            "1.1.0": Upgrade("1.2.0", dict),
            "1.2.0": Upgrade("1.3.0", dict),
        }
        capacity = Capacity(write=100, read=500)
        retention = "7 years; archived after 2"
        shown = Shown("bookings", timedelta(minutes=1), frozenset({"id", "reference", "status", "pickupAt"}))
        personal = True
        trail = Trail(
            about=lambda booking: booking.concierge_id,
            plain=TOLD_PLAINLY,
            passing=PASSING,
        )

    id = UnicodeAttribute(hash_key=True)
    reference = UnicodeAttribute()
    """For people: `ATL-7K3M9Q`, unique."""
    concierge_id = UnicodeAttribute(attr_name="conciergeId")
    operator_id = UnicodeAttribute(attr_name="operatorId", null=True)
    driver_id = UnicodeAttribute(attr_name="driverId", null=True)
    vehicle_id = UnicodeAttribute(attr_name="vehicleId", null=True)
    status = UnicodeEnumAttribute(BookingStatus)
    type_ = UnicodeEnumAttribute(BookingType, attr_name="type")
    details = Details()
    pickup_at = InstantAttribute(attr_name="pickupAt")
    """The UTC instant of `details.date` and `details.time` in `details.timezone`."""
    estimated_price = IntegerAttribute(attr_name="estimatedPrice")
    estimate = PriceBreakdown()
    final_price = IntegerAttribute(attr_name="finalPrice", null=True)
    sold = Sold(null=True)
    currency = UnicodeAttribute(default="USD")
    selected_quote_id = UnicodeAttribute(attr_name="selectedQuoteId", null=True)
    payment_status = UnicodeEnumAttribute(PaymentStatus, attr_name="paymentStatus", default=PaymentStatus.PENDING)
    transaction_id = UnicodeAttribute(attr_name="transactionId", null=True)
    acceptance = Acceptance(null=True)
    card_id = UnicodeAttribute(attr_name="cardId", null=True)
    """The card on file that pays; absent where a card was given for one payment alone."""
    hold = Hold(null=True)
    """How far that card is with its hold; present with `card_id`."""
    pending_quotes = IntegerAttribute(attr_name="pendingQuotes", default=0)
    deadline = InstantAttribute()
    """Until when it may be quoted and accepted."""
    departure_alerted_at = InstantAttribute(attr_name="departureAlertedAt", null=True)
    """When the operator was told that nobody had set out at T-60 min."""
    arrived_at = InstantAttribute(attr_name="arrivedAt", null=True)
    """When the driver stood at the pick-up; free waiting is counted from it."""
    boarded_at = InstantAttribute(attr_name="boardedAt", null=True)
    """When waiting ended."""
    completed_at = InstantAttribute(attr_name="completedAt", null=True)
    extras_consent = ExtrasConsent(null=True)
    price_announced_at = InstantAttribute(attr_name="priceAnnouncedAt", null=True)
    """When the operator said that another price would be stated."""
    capture_at = InstantAttribute(attr_name="captureAt", null=True)
    """Until when the money of a completed ride waits for that price."""
    final = FinalPrice(null=True)
    charging = Charging(null=True)
    charges: ListAttribute[Charge] = ListAttribute(of=Charge, default=list)
    """Its payments beside that of the agreed price: extras, a tip."""
    paid = IntegerAttribute(default=0)
    """Cents taken by all of its payments."""
    refunded = IntegerAttribute(default=0)
    """Cents given back of them."""
    cancelled_at = InstantAttribute(attr_name="cancelledAt", null=True)
    cancellation_reason = UnicodeAttribute(attr_name="cancellationReason", null=True)
    cancellation_code = UnicodeEnumAttribute(CancellationCode, attr_name="cancellationCode", null=True)
    cancellation_fee = IntegerAttribute(attr_name="cancellationFee", null=True)
    receipt_number = UnicodeAttribute(attr_name="receiptNumber", null=True)
    receipted_at = InstantAttribute(attr_name="receiptedAt", null=True)

    # Keys of the sparse indexes; `bookings.index_keys` alone sets them, from the status.
    open_shard = NumberAttribute(attr_name="openShard", null=True)
    open_since = UnicodeAttribute(attr_name="openSince", null=True)
    job_driver_id = UnicodeAttribute(attr_name="jobDriverId", null=True)
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    due_at = InstantAttribute(attr_name="dueAt", null=True)
    counts_on = UnicodeAttribute(attr_name="countsOn", null=True)
    """`card_id`, from the sale to the end of the ride."""
    created_day = UnicodeAttribute(attr_name="createdDay")
    pickup_day = UnicodeAttribute(attr_name="pickupDay")
    """UTC date of `pickup_at`."""

    @property
    def tip(self) -> Charge | None:
        return next((each for each in self.charges if each.purpose is PaymentPurpose.TIP), None)

    @property
    def largest_tip(self) -> int:
        return largest_tip(self.final.total if self.final is not None else self.final_price or 0)

    concierge_index = BookingsByConcierge()
    operator_index = BookingsByOperator()
    driver_index = BookingsByDriver()
    open_index = OpenBookings()
    jobs_index = DriverJobs()
    due_index = DueBookings()
    card_index = BookingsByCard()
    day_index = BookingsByDay()
    pickup_index = BookingsByPickup()
