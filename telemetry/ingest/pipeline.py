"""The way of a batch of readings, step by step.

 1 authenticate     whose token is it                          telemetry.devices.services
 2 parse            the protocol's form -> readings as we name them   (the edge: api, osmand, tesla, import)
 3 validate         one by one; a bad one never loses its neighbours  telemetry.rules.reading
 4 pseudonymise     whose reading is it; no VIN goes further    here
 5 deduplicate and order  ┐
 6 latest state           │ one item, one write, then the batch is stored: telemetry.ingest.keeping
 7 trip machine           │
 8 breadcrumbs            │
 9 watch                  ┘ what the readings say of fences and limits: telemetry.watching.looking
10 what follows     `FOLLOWING`, in its order: what the watch found is told (`geofences`, `alerts`), then live
                     push; a step that fails is recorded in `errors` and tried again, and keeps no other from its
                     turn
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from atlas.dynamo.many import get_many
from telemetry.ingest import faults, live
from telemetry.ingest.keeping import keep
from telemetry.ingest.receipt import News, Receipt, Rejected
from telemetry.rules.ordering import Outcome
from telemetry.rules.point import milliseconds
from telemetry.rules.reading import Reading, read
from telemetry.rules.refusals import Refused
from telemetry.rules.vin import fault_of, normalise_vin, pseudo_vin
from telemetry.state import store
from telemetry.state.store import Vehicle
from telemetry.tables import Device, VehicleState
from telemetry.watching import known
from telemetry.watching.steps import STEPS
from telemetry.watching.tables import SecuritySettings

FOLLOWING: dict[str, Callable[[News], None]] = {**STEPS, "live": live.push}
"""By the names under which their failures are kept. Each may be told the same news twice."""


def ingest(*, device: Device, raws: Sequence[object], now: datetime) -> Receipt:
    """Take a device's batch in. When this returns, what it calls accepted is stored. Raises `Unavailable`."""
    receipt = Receipt()
    readings: list[Reading] = []
    places: list[int] = []
    for index, raw in enumerate(raws):
        try:
            reading = read(raw, now=milliseconds(now))
            pseudonymise(device, raw, reading)
        except Refused as refused:
            receipt.rejected.append(Rejected(index, refused.code))
        else:
            readings.append(reading)
            places.append(index)
    if readings:
        _take(device, readings, places, now, receipt)
    return receipt


def pseudonymise(device: Device, raw: Any, reading: Reading) -> None:
    """A reading that names a VIN must name the device's own; and none is left in what is kept. Raises `Refused`."""
    vin = raw.get("vin")
    if vin is not None:
        if not isinstance(vin, str):
            raise Refused("vin_invalid")
        known = normalise_vin(vin)
        if known.lower() != device.pvin and fault_of(known, check=settings.VIN_CHECK_DIGIT):
            raise Refused("vin_invalid")
        if device.pvin not in (known.lower(), pseudo_vin(known, settings.VIN_KEY)):
            raise Refused("unknown_vehicle")
    for kept in (reading.values, reading.extra):
        for name, value in list(kept.items()):
            if _names_vin(name, device.pvin) or (isinstance(value, str) and _names_vin(value, device.pvin)):
                del kept[name]


def _names_vin(text: str, pvin: str) -> bool:
    """Whether a text of the manufacturer's has the vehicle's VIN in it, anywhere."""
    length = 17
    plain = normalise_vin(text)
    windows = (plain[start : start + length] for start in range(len(plain) - length + 1))
    return any(pseudo_vin(window, settings.VIN_KEY) == pvin for window in windows)


def _take(device: Device, readings: list[Reading], places: list[int], now: datetime, receipt: Receipt) -> None:
    vehicle = _load(device) or store.load(device.pvin, consistent=True)
    if vehicle is None or vehicle.item.organization_id != device.organization_id:
        receipt.rejected += [Rejected(index, "unknown_vehicle") for index in places]
        return
    outcomes, news = keep(vehicle, readings, now)
    receipt.accepted += outcomes.count(Outcome.FRESH)
    receipt.duplicate += outcomes.count(Outcome.KNOWN)
    late = [index for index, outcome in zip(places, outcomes, strict=True) if outcome is Outcome.LATE]
    receipt.rejected += [Rejected(index, "too_late") for index in late]
    receipt.rejected.sort()
    if news is not None:
        follow(news, now)


def _load(device: Device) -> Vehicle | None:
    """What its organization is watched for comes with it, where this process does not know: one call either way."""
    if known.is_known(device.organization_id):
        return store.load(device.pvin)
    item, watched = get_many((VehicleState, device.pvin), (SecuritySettings, device.organization_id))
    known.learn(device.organization_id, watched)
    return None if item is None else Vehicle(item)


def follow(news: News, now: datetime) -> None:
    """The steps after the write, each on its own."""
    for name, step in FOLLOWING.items():
        try:
            step(news)
        except Exception as error:
            faults.record(name, news, error, now)
