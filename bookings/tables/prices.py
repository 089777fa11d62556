"""What a booking costs, in its parts, and the quote that is being taken."""

from pynamodb.attributes import ListAttribute, UnicodeAttribute
from pynamodb_attributes import FloatAttribute, IntegerAttribute

from atlas.dynamo.attributes import Document, InstantAttribute


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


class ExtrasConsent(Document):
    """Extras up to `limit` cents may be charged without asking: who agreed to it, when, and to which words."""

    limit = IntegerAttribute()
    version = UnicodeAttribute()
    """Of the text (`bookings.consent`)."""
    given_by = UnicodeAttribute(attr_name="givenBy")
    at = InstantAttribute()


class Acceptance(Document):
    """A quote being accepted: held while the card is asked, so that one accept at a time can win."""

    quote_id = UnicodeAttribute(attr_name="quoteId")
    transaction_id = UnicodeAttribute(attr_name="transactionId", null=True)
    """The payment that decides; absent while the card is only being kept."""
    card_id = UnicodeAttribute(attr_name="cardId", null=True)
    """The card on file that pays, or is to be one once it is kept."""
    hold_at = InstantAttribute(attr_name="holdAt", null=True)
    """When that card is asked for the hold; absent for at once."""
    started_at = InstantAttribute(attr_name="startedAt")
    sold = Sold(null=True)
    extras_consent = ExtrasConsent(null=True)
