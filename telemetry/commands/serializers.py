"""The shapes of commands on the wire."""

from drf_spectacular.utils import extend_schema_field

from atlas.api.fields import Choice, Flag, Id, Instant, Integer, Number, Secret, Text
from atlas.api.serializers import Query, Serializer
from telemetry.rules.commands import COLDEST, WARMEST, CommandName, CommandStatus


class NewCommandSerializer(Serializer):
    command = Choice(CommandName, source="name")
    temperature = Number(
        required=False, min_value=COLDEST, max_value=WARMEST, decimals=1, help_text="Celsius, of `climate_on`."
    )
    booking_id = Id(required=False, help_text="The ride that it is for: its passenger's temperature is set.")


class CommandSerializer(Serializer):
    """A command, and what has become of it so far."""

    id = Id(read_only=True)
    pvin = Text(read_only=True, help_text="PseudoVIN of the vehicle.")
    command = Choice(CommandName, read_only=True, source="name")
    temperature = Number(read_only=True, allow_null=True, help_text="Celsius.")
    booking_id = Id(read_only=True, allow_null=True)
    status = Choice(
        CommandStatus,
        read_only=True,
        help_text="`WAITING` and `SENDING` become `DONE`, `REFUSED` by the vehicle, `FAILED` (surely not done) or "
        "`UNKNOWN` (nobody heard whether it was).",
    )
    result = Text(read_only=True, allow_null=True, source="reason", help_text="Why, as a code.")
    attempts = Integer(read_only=True)
    user_id = Id(read_only=True, help_text="Who sent it.")
    role = Text(read_only=True, help_text="As what; `ride` for the driver of its booking.")
    asked_at = Instant(read_only=True, source="ts")
    sent_at = Instant(read_only=True, allow_null=True)
    completed_at = Instant(read_only=True, allow_null=True)


class CommandFilter(Query):
    user = Id(required=False, help_text="Of somebody else in the organization (owner, admin, manager).")


LONGEST_TOKEN = 4000


@extend_schema_field({"type": "string", "format": "password", "minLength": 1, "maxLength": LONGEST_TOKEN})
class OemSecret(Secret):
    """Tesla's tokens are longer than passwords."""


class TeslaTokenSerializer(Serializer):
    refresh_token = OemSecret(max_length=LONGEST_TOKEN, help_text="Of an account whose vehicles know our key.")


class TeslaAccountSerializer(Serializer):
    """The tokens themselves are never given back."""

    connected = Flag(read_only=True)
    connected_by = Id(read_only=True)
    renewed_until = Instant(read_only=True, allow_null=True, source="access_until")
