"""What happened to a booking, and who was told of it."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from bookings.rules.lifecycle import Action, Actor, BookingStatus
from bookings.rules.notices import NoticeKind, NoticeState


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
    """`<sequence of the history>.<kind>.<recipient>`, or of a paper `<its number>.<kind>.<recipient>`: what happened
    once is told once.
    """
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
