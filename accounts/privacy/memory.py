"""Redis: last positions, forms that were sent, marks of changes. All of it ends by itself within a day."""

from collections.abc import Iterator
from typing import Any

from django.core.cache import cache

from accounts.privacy.marks import Marks, masked
from accounts.privacy.registry import Finding, Place, Subject
from atlas.live import redis

BATCH = 500
"""Keys that one SCAN looks at: each is a moment in which Redis does nothing else."""


def erase(subject: Subject) -> int:
    """Delete the keys that bear the person's ids. A walk through the keys, in a job."""
    client = redis.client()
    patterns = [pattern for id in subject.ids for pattern in (redis.name(f"*{id}*"), cache.make_key(f"once:{id}:*"))]
    keys = [key for pattern in patterns for key in client.scan_iter(match=pattern, count=BATCH)]
    return int(client.delete(*keys)) if keys else 0


def search(marks: Marks) -> Iterator[Finding]:
    """Every key and everything in it."""
    client = redis.client()
    for key in client.scan_iter(count=BATCH):
        name = _text(key)
        for path, value in [("(key)", name), *_content(client, key)]:
            for span in marks.find(value):
                found = masked(value[span.start : span.end])
                yield Finding("redis", marks.redact(name), path, span.kind, found)


def _content(client: Any, key: bytes) -> Iterator[tuple[str, str]]:
    match client.type(key):
        case b"string":
            yield "(value)", _text(client.get(key) or b"")
        case b"hash":
            for name, value in client.hscan_iter(key, count=BATCH):
                yield _text(name), f"{_text(name)} {_text(value)}"
        case b"list":
            for at in range(0, client.llen(key), BATCH):
                yield from (("(item)", _text(each)) for each in client.lrange(key, at, at + BATCH - 1))
        case b"set":
            yield from (("(member)", _text(each)) for each in client.sscan_iter(key, count=BATCH))
        case b"zset":
            yield from (("(member)", _text(each)) for each, _ in client.zscan_iter(key, count=BATCH))
        case b"stream":
            for _, entry in client.xrange(key):
                yield from ((_text(name), _text(value)) for name, value in entry.items())


def _text(raw: bytes | str) -> str:
    """Pickled text too is UTF-8 within bytes that are not."""
    return raw if isinstance(raw, str) else raw.decode(errors="replace")


PLACE = Place(
    name="redis",
    what="Last positions of drivers, forms that were sent, names and pictures that pages show, counters of failed "
    "sign-ins (by fingerprint)",
    why="Live views, and that nothing is done twice (contract)",
    retention="24 h at most",
    found_by="A walk through the keys, for the person's ids",
    erased="Deleted",
    erase=erase,
    search=search,
)
