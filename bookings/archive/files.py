"""The form of an archive file: JSON lines in gzip, in members of a few dozen lines that can be read one by one.

The first member holds one line that describes the file: its form, its day, the schema of every table in it. `zcat`
reads all of it; with offset and length one member is read alone, which is how one booking is got back without the
file. The manifest lies beside it, in storage that is never cold, and says the same with the checksum.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from atlas import objects
from atlas.dynamo.attributes import instant_text, utc_now
from bookings.archive.record import schema
from bookings.tables.archive import ArchiveFile

FORM = "atlas-bookings-archive/1"
BLOCK_LINES = 25
"""Records in one gzip member: nearly as small as all in one, and little to read for one of them."""
_READ_BYTES = 1024 * 1024


class Damaged(Exception):
    """The object in the store is not what was written: nothing may be deleted for its sake."""


@dataclass(slots=True)
class Written:
    """What was sent to the store."""

    records: int = 0
    bytes_: int = 0
    blocks: list[tuple[int, int, int]] = field(default_factory=list)
    """(offset, length, records) of each member after the first."""
    digest: Any = field(default_factory=hashlib.sha256)


def write(file: ArchiveFile, lines: Iterable[bytes]) -> Written:
    """Send the lines to the file's object, a block in memory at a time, and then its manifest."""
    written = Written()
    objects.write(file.object_key, _members(file, lines, written), "application/gzip")
    manifest = {
        **_about(file),
        "object": file.object_key,
        "records": written.records,
        "bytes": written.bytes_,
        "sha256": written.digest.hexdigest(),
        "blocks": written.blocks,
    }
    objects.write(file.manifest_key, [json.dumps(manifest, indent=1).encode()], "application/json")
    return written


def check(file: ArchiveFile, written: Written) -> None:
    """Read the object back from the store. Raises `Damaged` unless it is to the byte what was sent."""
    digest, size = hashlib.sha256(), 0
    with objects.open(file.object_key) as body:
        for chunk in body.iter_chunks(_READ_BYTES):
            digest.update(chunk)
            size += len(chunk)
    if (digest.hexdigest(), size) != (written.digest.hexdigest(), written.bytes_):
        raise Damaged(file.object_key)


@dataclass(frozen=True, slots=True)
class Found:
    """A record, and the member it lies in."""

    record: dict[str, Any]
    offset: int
    length: int


def read(file: ArchiveFile) -> Iterator[Found]:
    """Every record of a file, member by member. Raises `NotFound`, `Damaged`."""
    with objects.open(file.manifest_key) as stream:
        manifest = json.loads(stream.read())
    with objects.open(file.object_key) as body:
        begin = manifest["blocks"][0][0] if manifest["blocks"] else 0
        body.read(begin)
        for offset, length, count in manifest["blocks"]:
            records = _lines(body.read(length))
            if len(records) != count:
                raise Damaged(file.object_key)
            yield from (Found(record, offset, length) for record in records)


def read_one(object_key: str, booking_id: str, offset: int, length: int) -> dict[str, Any]:
    """One record: a ranged read of its member. Raises `NotFound`, `Damaged`."""
    for record in _lines(objects.read_range(object_key, offset, length)):
        if record["id"] == booking_id:
            return record
    raise Damaged(object_key)


def _members(file: ArchiveFile, lines: Iterable[bytes], written: Written) -> Iterator[bytes]:
    head = json.dumps({**_about(file), "schema": schema()}, separators=(",", ":")).encode()
    yield _sent([head], written)
    waiting = iter(lines)
    while block := list(islice(waiting, BLOCK_LINES)):
        offset = written.bytes_
        member = _sent(block, written)
        written.blocks.append((offset, len(member), len(block)))
        written.records += len(block)
        yield member


def _sent(lines: list[bytes], written: Written) -> bytes:
    member = gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)
    written.digest.update(member)
    written.bytes_ += len(member)
    return member


def _about(file: ArchiveFile) -> dict[str, Any]:
    return {
        "form": FORM,
        "day": file.day,
        "part": file.part,
        "writtenAt": instant_text(utc_now()),
        "line": "One booking a line: `items` by table in DynamoDB JSON; `sealed` in AES-256-GCM (12 bytes of nonce "
        "first) under the keys in the table archived-bookings, as [[path], value] pairs of what is missing in `items`.",
    }


def _lines(member: bytes) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in gzip.decompress(member).splitlines()]
    except (OSError, EOFError, ValueError) as error:
        raise Damaged("A member of an archive file does not open.") from error
