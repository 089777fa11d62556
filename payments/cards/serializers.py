"""The shapes of cards on file on the wire. Square's ids, tokens and keys never leave."""

from atlas.api.fields import Flag, FreeText, Id, Instant, Integer, Text
from atlas.api.serializers import Serializer
from payments.fields import CardToken


class SavedCardSerializer(Serializer):
    """A card that is kept at Square."""

    id = Id(read_only=True)
    card_brand = Text(source="brand", read_only=True)
    card_last4 = Text(source="last4", read_only=True)
    exp_month = Integer(read_only=True, help_text="1 to 12; the card is good through the end of that month.")
    exp_year = Integer(read_only=True)
    closed = Flag(read_only=True, help_text="Its bank says that it will not pay again.")
    created_at = Instant(read_only=True)


class NewCardSerializer(Serializer):
    source_id = CardToken(help_text="Square's token of the card.")
    consent = Text(max_length=20, help_text="The version of the text that its holder agreed to.")


class ConsentTextSerializer(Serializer):
    """What the holder of a card agrees to before it is kept. Show it as it is."""

    version = Text(read_only=True)
    text = FreeText(read_only=True)
