"""Spreads a sparse index over a few partitions, so that "everything open" or "everything due" is not one hot key."""

from zlib import crc32

from django.conf import settings


def shard_of(id: str) -> int:
    """The partition of an item: fixed for its id, 0 .. `OPEN_REQUEST_SHARDS` - 1."""
    return crc32(id.encode()) % int(settings.OPEN_REQUEST_SHARDS)


def all_shards() -> range:
    return range(settings.OPEN_REQUEST_SHARDS)
