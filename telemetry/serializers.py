"""The shapes of telemetry on the wire."""

from atlas.api.fields import FreeText, Id, Text
from atlas.api.serializers import Serializer
from telemetry.services import SHORTEST_REASON


class VinSerializer(Serializer):
    vin = Text(max_length=40, help_text="17 letters and digits; case, spaces and hyphens do not matter.")


class GivenVinSerializer(Serializer):
    """The VIN itself is never given back."""

    vehicle_id = Id(read_only=True, source="id")
    pvin = Text(read_only=True, help_text="PseudoVIN: 64 hex digits that stand for it everywhere.")


class ResolveSerializer(Serializer):
    pvin = Text(max_length=64)
    reason = FreeText(help_text=f"Why, in at least {SHORTEST_REASON} characters. It is kept with your name.")


class ResolvedSerializer(Serializer):
    vin = Text(read_only=True)
