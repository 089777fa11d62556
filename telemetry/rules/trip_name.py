"""What a trip is called, and where its archive lies."""

import re

from telemetry.rules.point import instant_of

SHAPE = re.compile(r"trip_\d{8}_\d{6}_[0-9a-f]{6}")


def trip_id(pvin: str, start: int) -> str:
    """`trip_YYYYMMDD_HHMMSS_<pvin6>`, of its start in UTC: in the order of text it is in the order of time."""
    return f"trip_{instant_of(start):%Y%m%d_%H%M%S}_{pvin[:6]}"


def archive_key(pvin: str, trip_id: str) -> str:
    return f"trips/{pvin}/{trip_id}.json.gz"
