"""Reading and writing a vehicle's state. The table is the truth about its form; nobody else maps it."""

from typing import Any

from pynamodb.exceptions import PutError

from telemetry.rules.latest import NOTHING, Latest
from telemetry.rules.point import instant_of, milliseconds
from telemetry.rules.reading import CHECKS, Values
from telemetry.state import packing
from telemetry.state.packing import Kept
from telemetry.tables import VehicleState

FIELDS = {attribute.attr_name: name for name, attribute in VehicleState.get_attributes().items()}
NAMED = {wire: FIELDS[wire] for wire in CHECKS}
"""The named fields: name on the wire -> attribute."""
WRITE_UNIT = 1024


class Overtaken(Exception):
    """Somebody else wrote the state since it was read."""


class Vehicle:
    """One vehicle's item, opened: what is known of it, to be changed and saved as a whole."""

    def __init__(self, item: VehicleState) -> None:
        self.item = item
        self.kept: Kept = packing.unpack(item.track)
        self.latest = _latest(item, self.kept)

    @property
    def pvin(self) -> str:
        return str(self.item.pvin)

    def put(self, latest: Latest, kept: Kept) -> None:
        """Set, not yet stored."""
        if latest.at >= 0:
            self.item.updated_at = instant_of(latest.at)
        for wire, name in NAMED.items():
            setattr(self.item, name, latest.values.get(wire))
        self.item.extra = dict(latest.extra) or None
        self.item.track = packing.pack(kept)
        self.latest, self.kept = latest, kept

    def size(self) -> int:
        """Bytes of the item as DynamoDB bills it, a little generously."""
        return sum(len(name) + _size(value) for name, value in self.item.serialize().items())

    def save(self) -> None:
        """One write, under the version it was read with. Raises `Overtaken`."""
        try:
            self.item.save()
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                raise Overtaken from error
            raise


def load(pvin: str, *, consistent: bool = False) -> Vehicle | None:
    item = VehicleState.find(pvin, consistent=consistent)
    return None if item is None else Vehicle(item)


def _latest(item: VehicleState, kept: Kept) -> Latest:
    if item.track is None:
        return NOTHING
    values: Values = {wire: value for wire, name in NAMED.items() if (value := getattr(item, name)) is not None}
    extra: Any = item.extra or {}
    return Latest(milliseconds(item.updated_at), values, dict(extra), kept.older)


def _size(value: dict[str, Any]) -> int:
    [(kind, inner)] = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return len(inner) // 2 + 2
        case "B":
            return len(inner)
        case "M":
            return 3 + sum(len(name) + 1 + _size(each) for name, each in inner.items())
    return 1
