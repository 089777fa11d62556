"""Parts of items that are shown often, kept in the cache for a while: who somebody is, what a booking is called.

    class Meta(Schema):
        shown = Shown("bookings", timedelta(minutes=1), frozenset({"id", "reference", "status"}))

    cached.shown(Booking, ids)    # {id: Booking}, with these attributes alone

Written through where the item is written, so that a change is seen at once; the time only bounds what a lost write to
the cache may do. What comes from here is never decided on: no right, no money, and such an item refuses to be saved.
A key that ran out is read by one of those who want it (`_mine`), the others wait a moment for that.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.cache import cache
from prometheus_client import Counter
from redis.exceptions import RedisError

from atlas.dynamo.many import get_many
from atlas.dynamo.table import Table

if TYPE_CHECKING:
    from atlas.dynamo.shown import Shown

T = TypeVar("T", bound=Table)

READS = Counter("atlas_cache_reads", "Items wanted of a cache, by what came of it.", ("cache", "outcome"))
LOCK_SECONDS = 5
PATIENCE_SECONDS, PAUSE_SECONDS = 0.3, 0.02
_AWAY = (RedisError, OSError)

Wire = Mapping[str, Any]


def shown(table: type[T], ids: Iterable[str]) -> dict[str, T]:
    """The items of these hash keys that there are, to be shown. Without a cache they are read as ever."""
    what: Shown = table.Meta.shown
    wanted = list(dict.fromkeys(ids))
    found = _read(table, wanted)
    READS.labels(what.name, "hit").inc(len(found))
    READS.labels(what.name, "miss").inc(len(wanted) - len(found))
    missing = [id for id in wanted if id not in found]
    mine = _mine(table, missing)
    found |= _load(table, mine)
    found |= _await(table, [id for id in missing if id not in mine])
    return {id: _item(table, wire) for id, wire in found.items()}


def wrote(table: type[Table], wire: Wire) -> None:
    """An item was stored: what the cache has of it is this now."""
    what = getattr(table.Meta, "shown", None)
    if what is not None:
        id = next(iter(wire[table.hash_key_attribute().attr_name].values()))
        _safely(lambda: cache.set(_key(table, id), what.part(wire), what.seconds))


def removed(table: type[Table], id: str) -> None:
    if getattr(table.Meta, "shown", None) is not None:
        _safely(lambda: cache.delete(_key(table, id)))


def _read(table: type[Table], ids: Sequence[str]) -> dict[str, Wire]:
    keys = {_key(table, id): id for id in ids}
    found = _safely(lambda: cache.get_many(list(keys))) or {}
    return {keys[key]: wire for key, wire in found.items()}


def _mine(table: type[Table], ids: Sequence[str]) -> list[str]:
    """Those that this process is to read; of the others somebody is at it. All of them where the cache is away."""
    return [id for id in ids if _safely(partial(cache.add, _lock(table, id), 1, LOCK_SECONDS)) is not False]


def _load(table: type[Table], ids: Sequence[str]) -> dict[str, Wire]:
    """From DynamoDB. Put with `add`: what was written through meanwhile is newer, and stays."""
    what: Shown = table.Meta.shown
    items = [item for item in get_many(*((table, id) for id in ids)) if item is not None] if ids else []
    loaded: dict[str, Wire] = {str(item.key[0]): what.part(item.serialize()) for item in items}
    for id, wire in loaded.items():
        _safely(partial(cache.add, _key(table, id), wire, what.seconds))
    if ids:
        _safely(lambda: cache.delete_many([_lock(table, id) for id in ids]))
    return loaded


def _await(table: type[Table], ids: Sequence[str]) -> dict[str, Wire]:
    """What others are reading; what is still not there then (they died, there is no such item) is read here too."""
    found: dict[str, Wire] = {}
    give_up = time.monotonic() + PATIENCE_SECONDS
    while len(found) < len(ids) and time.monotonic() < give_up:
        time.sleep(PAUSE_SECONDS)
        found = _read(table, ids)
    return found | _load(table, [id for id in ids if id not in found])


def _item(table: type[T], wire: Wire) -> T:
    item = table.from_raw_data(dict(wire))
    item.is_shown = True
    return item


def _key(table: type[Table], id: str) -> str:
    """With the schema: two versions of Atlas that run at once do not read each other's."""
    return f"shown:{table.Meta.table_name}:{table.Meta.version}:{id}"


def _lock(table: type[Table], id: str) -> str:
    return f"{_key(table, id)}:lock"


def _safely(call: Any) -> Any:
    """None where the cache is away: then it is as if there were none."""
    try:
        return call()
    except _AWAY:
        return None
