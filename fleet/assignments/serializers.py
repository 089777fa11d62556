"""The shapes of assignments on the wire."""

from atlas.api.fields import Id, Instant, Text
from atlas.api.serializers import Serializer


class FleetVehicleSerializer(Serializer):
    """A vehicle that is, or was, the organization's."""

    pvin = Text(read_only=True, help_text="PseudoVIN of the vehicle.")
    vehicle_id = Id(read_only=True, allow_null=True, help_text="Of the marketplace, where one is known.")
    since = Instant(read_only=True)
    until = Instant(read_only=True, allow_null=True, help_text="Null while the organization has it.")


class AssignmentSerializer(Serializer):
    """A member has a vehicle."""

    id = Id(read_only=True)
    user_id = Id(read_only=True, source="driver_id")
    pvin = Text(read_only=True)
    starts_at = Instant(read_only=True)
    ends_at = Instant(read_only=True, allow_null=True)


class NewAssignmentSerializer(Serializer):
    user_id = Id(help_text="A member.")
    pvin = Text(max_length=64, help_text="A vehicle of the organization.")
    starts_at = Instant(required=False, allow_null=True, help_text="Now without one.")
    ends_at = Instant(required=False, allow_null=True, help_text="For good without one.")
