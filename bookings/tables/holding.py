"""The hold on a card on file: when it is asked for, and how the asking went."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb_attributes import IntegerAttribute

from atlas.dynamo.attributes import Document, InstantAttribute


class Hold(Document):
    """Of a booking whose card is kept. Which hold stands, if one does, is the booking's `transactionId`."""

    ask_at = InstantAttribute(attr_name="askAt", null=True)
    """When the card is asked next; absent while the hold that stands is enough, or nothing but another card helps."""
    transaction_id = UnicodeAttribute(attr_name="transactionId", null=True)
    """The try that is under way: a payment of its own, with its own key."""
    asked_at = InstantAttribute(attr_name="askedAt", null=True)
    """Since when; without a try, since when a hold is gone that no kept card gave."""
    refusals = IntegerAttribute(default=0)
    """In a row, of this card."""
    code = UnicodeAttribute(null=True)
    """Why there is no hold, in Square's words; absent when nothing is wrong."""
    lapses_at = InstantAttribute(attr_name="lapsesAt", null=True)
    """When the hold that stands ends by itself."""
