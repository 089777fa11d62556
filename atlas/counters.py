"""Kept counters: figures of an overview that no index gives without reading what it counts.

    counters.add(tx, f"bookings/{day}", {"QUOTING": -1, "OPERATOR_ASSIGNED": 1}, spread=booking.id)
    counters.read(f"bookings/{day}")  # {"OPERATOR_ASSIGNED": 17, ...}

They are right, because they change in the transaction of what they count: all of it holds or nothing. They are not hot,
because each group is spread over `COUNTER_SHARDS` items; a read is one query of that many small items, whatever was
counted. What was there before there were counters is not in them.
"""

from collections import Counter as Tally
from collections.abc import Mapping
from datetime import timedelta
from zlib import crc32

from django.conf import settings

from atlas.dynamo import adding
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from atlas.tables import Counter

KEPT = timedelta(days=90)
EXPIRES = "expiresAt"


def add(tx: Transaction, group: str, changes: Mapping[str, int], *, spread: str) -> None:
    """Add to the counts of `group` when `tx` holds. `spread` is the id of what is counted: it chooses the shard."""
    shard = crc32(spread.encode()) % settings.COUNTER_SHARDS
    expires = int((utc_now() + KEPT).timestamp())
    adding.add(
        tx,
        Counter,
        {"group": {"S": group}, "shard": {"N": str(shard)}},
        changes,
        beside={EXPIRES: {"N": str(expires)}},
    )


def read(group: str) -> dict[str, int]:
    """Every count of a group, eventually consistent; what comes to nothing is left out. One query."""
    answer = Counter._get_connection().query(group)
    totals: Tally[str] = Tally()
    for item in answer["Items"]:
        totals.update(adding.read(item))
    return {name: count for name, count in totals.items() if count}
