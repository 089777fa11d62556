"""What operators offer."""

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from bookings.rules.types import DeclineReason, QuoteStatus
from fleet.rules.types import VehicleCategory


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
