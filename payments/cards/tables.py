"""Who pays, as Square knows them, and which cards are kept for them."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail
from payments.rules.cards import CardStatus


class Payer(Table):
    """A user who pays, and the customer that stands for them at Square. It exists once a card was kept.

    - by the user: GetItem `id`
    """

    class Meta(Schema):
        name = "payers"
        retention = "as long as the account"
        trail = Trail(about=lambda payer: payer.id, plain=frozenset({"customerId"}), secret=frozenset({"customerKey"}))
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """The user's."""
    customer_id = UnicodeAttribute(attr_name="customerId", null=True)
    """Square's; absent until it answered."""
    customer_key = UnicodeAttribute(attr_name="customerKey")
    """Idempotency key under which the customer is made."""


class Consent(Document):
    """What the payer agreed to when the card was kept: card schemes ask for the proof of it."""

    version = UnicodeAttribute()
    text = UnicodeAttribute()
    """As it was shown, in their language."""
    at = InstantAttribute()


class CardsByPayer(GlobalSecondaryIndex["SavedCard"]):
    class Meta:
        index_name = "payer-index"
        projection = AllProjection()

    payer_id = UnicodeAttribute(hash_key=True, attr_name="payerId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class DueCards(GlobalSecondaryIndex["SavedCard"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class SavedCard(Table):
    """A card that is kept at Square for a payer: what they know it by, and what they agreed to.

    - one: GetItem `id`
    - those of a payer, newest first: `payer-index`
    - which ones wait for Square's answer: `due-index` (sparse), one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "saved-cards"
        retention = "10 years after it was removed, as the payments that it made"
        trail = Trail(
            about=lambda card: card.payer_id,
            plain=frozenset({"status", "cardBrand", "expMonth", "expYear", "closed", "code", "removedAt"}),
            passing=frozenset({"dueShard", "dueAt", "gatewayVersion"}),
            secret=frozenset({"sourceId", "saveKey"}),
        )
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """Square has it as the card's reference."""
    payer_id = UnicodeAttribute(attr_name="payerId")
    status = UnicodeEnumAttribute(CardStatus, default=CardStatus.PENDING)
    consent = Consent()
    save_key = UnicodeAttribute(attr_name="saveKey")
    """Idempotency key under which Square is asked to keep it."""
    source_id = UnicodeAttribute(attr_name="sourceId", null=True)
    """The single-use token, kept only until Square has answered, to be able to replay it."""
    customer_id = UnicodeAttribute(attr_name="customerId", null=True)
    card_id = UnicodeAttribute(attr_name="cardId", null=True)
    """Square's id of the card, by which it is charged: no secret, worthless without our access token."""
    brand = UnicodeAttribute(attr_name="cardBrand", null=True)
    last4 = UnicodeAttribute(attr_name="cardLast4", null=True)
    exp_month = IntegerAttribute(attr_name="expMonth", null=True)
    exp_year = IntegerAttribute(attr_name="expYear", null=True)
    closed = BooleanAttribute(default=False)
    """Its bank says that it will not pay again."""
    gateway_version = IntegerAttribute(attr_name="gatewayVersion", default=0)
    """Square's count of the card's changes: older news are ignored."""
    code = UnicodeAttribute(null=True)
    """Why it was refused, in Square's words."""
    removed_at = InstantAttribute(attr_name="removedAt", null=True)
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    due_at = InstantAttribute(attr_name="dueAt", null=True)
    """When to ask Square again; absent while nothing is asked."""

    payer_index = CardsByPayer()
    due_index = DueCards()
