"""A price in its parts, on the wire."""

from atlas.api.fields import Cents, Number, Text
from atlas.api.serializers import Serializer


class PriceLineSerializer(Serializer):
    code = Text(read_only=True)
    label = Text(read_only=True)  # type: ignore[assignment]  # the field is called so, not its caption
    quantity = Number(read_only=True, help_text="Kilometres, hours or rides.")
    unit_price = Cents(read_only=True)
    amount = Cents(read_only=True)


class PriceSerializer(Serializer):
    """Integer cents; `total` = `subtotal` + `tax` + `platformFee`."""

    subtotal = Cents(read_only=True)
    tax = Cents(read_only=True)
    platform_fee = Cents(read_only=True)
    total = Cents(read_only=True)
    driver_payout = Cents(read_only=True)
    currency = Text(read_only=True)
    lines = PriceLineSerializer(many=True, read_only=True)
