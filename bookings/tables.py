"""The marketplace's own tables: bookings, their history, their quotes."""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.table import Capacity, Schema, Table, Upgrade
from atlas.trail import Trail
from bookings.receipt_tables import ReceiptNumber  # noqa: F401 (found with this module)
from bookings.rules.lifecycle import Action, Actor, BookingStatus
from bookings.rules.notices import NoticeKind, NoticeState
from bookings.rules.told import PASSING, TOLD_PLAINLY
from bookings.rules.types import BookingType, CancellationCode, DeclineReason, PaymentStatus, QuoteStatus
from fleet.rules.types import VehicleCategory


class Point(Document):
    lat = FloatAttribute()
    lng = FloatAttribute()


class VIPPreferences(Document):
    """The seed's VIPPreferences; its closed vocabularies are checked at the edge (`bookings.serializers`)."""

    preferred_driver_gender = UnicodeAttribute(attr_name="preferredDriverGender", null=True)
    temperature = UnicodeAttribute(null=True)
    music = UnicodeAttribute(null=True)
    beverages: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, null=True)  # type: ignore[arg-type]
    meet_and_greet = BooleanAttribute(attr_name="meetAndGreet", null=True)
    ramp_access = BooleanAttribute(attr_name="rampAccess", null=True)
    quiet_ride = BooleanAttribute(attr_name="quietRide", null=True)
    special_instructions = UnicodeAttribute(attr_name="specialInstructions", null=True)


class ItineraryDay(Document):
    """One day of a multi-day booking, in the wall time of the pick-up's zone."""

    day_number = IntegerAttribute(attr_name="dayNumber")
    date = UnicodeAttribute()
    time = UnicodeAttribute()
    hours = FloatAttribute()
    pickup_location = UnicodeAttribute(attr_name="pickupLocation")
    dropoff_location = UnicodeAttribute(attr_name="dropoffLocation", null=True)
    notes = UnicodeAttribute(null=True)


class Details(Document):
    """What was asked for. `date` and `time` are wall time in `timezone`, the pick-up's own."""

    vehicle_category = UnicodeEnumAttribute(VehicleCategory, attr_name="vehicleCategory")
    pickup_location = UnicodeAttribute(attr_name="pickupLocation")
    dropoff_location = UnicodeAttribute(attr_name="dropoffLocation", default="")
    pickup = Point(null=True)
    dropoff = Point(null=True)
    date = UnicodeAttribute()
    time = UnicodeAttribute()
    timezone = UnicodeAttribute()
    tax_jurisdiction = UnicodeAttribute(attr_name="taxJurisdiction", default="")
    duration_hours = FloatAttribute(attr_name="durationHours", default=0)
    duration_days = IntegerAttribute(attr_name="durationDays", default=1)
    distance_km = FloatAttribute(attr_name="distanceKm", default=0)
    passenger_count = IntegerAttribute(attr_name="passengerCount", default=1)
    luggage_count = IntegerAttribute(attr_name="luggageCount", default=0)
    preferences = VIPPreferences(default=VIPPreferences)
    itinerary: ListAttribute[ItineraryDay] = ListAttribute(of=ItineraryDay, default=list)
    passenger_name = UnicodeAttribute(attr_name="passengerName", default="")
    flight_number = UnicodeAttribute(attr_name="flightNumber", default="")


class PriceLine(Document):
    code = UnicodeAttribute()
    label = UnicodeAttribute()
    quantity = FloatAttribute()
    unit_price = IntegerAttribute(attr_name="unitPrice")
    amount = IntegerAttribute()


class PriceBreakdown(Document):
    """Integer cents; `total` = `subtotal` + `tax` + `platformFee`."""

    subtotal = IntegerAttribute()
    tax = IntegerAttribute()
    platform_fee = IntegerAttribute(attr_name="platformFee")
    total = IntegerAttribute()
    driver_payout = IntegerAttribute(attr_name="driverPayout")
    currency = UnicodeAttribute(default="USD")
    lines: ListAttribute[PriceLine] = ListAttribute(of=PriceLine, default=list)


class Sold(PriceBreakdown):
    """The parts of an accepted price, by the rules of that moment: operators and places may change theirs later."""

    tax_rate = UnicodeAttribute(attr_name="taxRate")
    """An exact fraction, `0.08875`."""


class Acceptance(Document):
    """A quote being accepted: held while the card is asked, so that one accept at a time can win."""

    quote_id = UnicodeAttribute(attr_name="quoteId")
    transaction_id = UnicodeAttribute(attr_name="transactionId")
    started_at = InstantAttribute(attr_name="startedAt")
    sold = Sold(null=True)


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
    - all of a day (staff): `day-index`, newest first
    - the rides of a day (staff): `pickup-index`, by pick-up time; keys that never change, so one write per booking
    """

    class Meta(Schema):
        name = "bookings"
        version = "1.2.0"
        upgrades = {"1.0.0": Upgrade("1.1.0", with_pickup_day), "1.1.0": Upgrade("1.2.0", dict)}
        capacity = Capacity(write=100, read=500)
        retention = "7 years; archived after 2"
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
    pending_quotes = IntegerAttribute(attr_name="pendingQuotes", default=0)
    deadline = InstantAttribute()
    """Until when it may be quoted and accepted."""
    departure_alerted_at = InstantAttribute(attr_name="departureAlertedAt", null=True)
    """When the operator was told that nobody had set out at T-60 min."""
    arrived_at = InstantAttribute(attr_name="arrivedAt", null=True)
    """When the driver stood at the pick-up; free waiting is counted from it."""
    completed_at = InstantAttribute(attr_name="completedAt", null=True)
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
    created_day = UnicodeAttribute(attr_name="createdDay")
    pickup_day = UnicodeAttribute(attr_name="pickupDay")
    """UTC date of `pickup_at`."""

    concierge_index = BookingsByConcierge()
    operator_index = BookingsByOperator()
    driver_index = BookingsByDriver()
    open_index = OpenBookings()
    jobs_index = DriverJobs()
    due_index = DueBookings()
    day_index = BookingsByDay()
    pickup_index = BookingsByPickup()


class BookingHistory(Table):
    """Who did what to a booking, written with the change itself.

    - the story of a booking: Query `bookingId`, by `sequence`
    """

    class Meta(Schema):
        name = "booking-history"
        retention = "as the booking"
        personal = True

    booking_id = UnicodeAttribute(hash_key=True, attr_name="bookingId")
    sequence = NumberAttribute(range_key=True)
    """The booking's version after the change."""
    action = UnicodeEnumAttribute(Action)
    from_status = UnicodeEnumAttribute(BookingStatus, attr_name="from", null=True)
    to_status = UnicodeEnumAttribute(BookingStatus, attr_name="to")
    actor = UnicodeEnumAttribute(Actor)
    actor_id = UnicodeAttribute(attr_name="actorId", null=True)
    """The user; absent for SYSTEM."""
    note = UnicodeAttribute(null=True)


class Notice(Table):
    """An e-mail by which a party is told something of a booking: stored before it is sent, so that it is sent once.

    - the notices of a booking: Query `bookingId`, oldest first
    """

    class Meta(Schema):
        name = "notices"
        retention = "as the booking"
        personal = True

    booking_id = UnicodeAttribute(hash_key=True, attr_name="bookingId")
    id = UnicodeAttribute(range_key=True)
    """`<sequence of the history>.<kind>.<recipient>`: what happened once is told once."""
    kind = UnicodeEnumAttribute(NoticeKind)
    recipient_id = UnicodeAttribute(attr_name="recipientId")
    """The user. Their address is looked up when it is sent, and not kept here."""
    part = UnicodeEnumAttribute(Actor)
    """That they play in the booking."""
    driver_id = UnicodeAttribute(attr_name="driverId", null=True)
    """Whom it tells of."""
    state = UnicodeEnumAttribute(NoticeState, default=NoticeState.PENDING)
    round = IntegerAttribute(default=1)
    """Raised when staff have it sent again: each round is a message of its own."""
    attempts = IntegerAttribute(default=0)
    """Of this round."""
    held_until = InstantAttribute(attr_name="heldUntil", null=True)
    """Somebody is sending it; after this they were cut off."""
    sent_at = InstantAttribute(attr_name="sentAt", null=True)
    error = UnicodeAttribute(null=True)
    """Why it was skipped, or why the last attempt failed."""


class QuotesByBooking(GlobalSecondaryIndex["Quote"]):
    class Meta:
        index_name = "booking-index"
        projection = AllProjection()

    booking_id = UnicodeAttribute(hash_key=True, attr_name="bookingId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class QuotesByOperator(GlobalSecondaryIndex["Quote"]):
    class Meta:
        index_name = "operator-index"
        projection = KeysOnlyProjection()

    operator_id = UnicodeAttribute(hash_key=True, attr_name="operatorId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class DueQuotes(GlobalSecondaryIndex["Quote"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    expires_at = InstantAttribute(range_key=True, attr_name="expiresAt")


class Quote(Table):
    """An operator's bid.

    - by id: GetItem `id`
    - access pattern 4, the quotes of a booking: `booking-index` (a few dozen at most; sorted by price in memory)
    - what an operator has offered (staff, privacy): `operator-index`, newest first
    - what has expired: `due-index`, sparse (PENDING), one query per shard, `expiresAt <= now`
    """

    class Meta(Schema):
        name = "quotes"
        retention = "90 days after it expired (TTL)"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    booking_id = UnicodeAttribute(attr_name="bookingId")
    operator_id = UnicodeAttribute(attr_name="operatorId")
    vehicle_id = UnicodeAttribute(attr_name="vehicleId")
    operator_name = UnicodeAttribute(attr_name="operatorName", default="")
    operator_rating = FloatAttribute(attr_name="operatorRating", default=0.0)
    vehicle_name = UnicodeAttribute(attr_name="vehicleName", default="")
    vehicle_category = UnicodeEnumAttribute(VehicleCategory, attr_name="vehicleCategory")
    """As they were when quoted: the concierge compares what was offered, in one query."""
    price = IntegerAttribute()
    """Cents, everything included."""
    currency = UnicodeAttribute(default="USD")
    eta = IntegerAttribute()
    """Minutes to the pick-up."""
    notes = UnicodeAttribute(default="")
    status = UnicodeEnumAttribute(QuoteStatus, default=QuoteStatus.PENDING)
    decline_reason = UnicodeEnumAttribute(DeclineReason, attr_name="declineReason", null=True)
    expires_at = InstantAttribute(attr_name="expiresAt")
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    delete_at = TTLAttribute(attr_name="deleteAt")

    booking_index = QuotesByBooking()
    operator_index = QuotesByOperator()
    due_index = DueQuotes()
