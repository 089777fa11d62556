"""Points as a few bytes each: columns of deltas, deflated. Exact, and readable by every later version.

    byte 0        version in the high four bits; bit 0: the rest is deflated
    then          the number of points, then one column after the other, as `Point` has them
    a column      a kind: 0 nothing in it; else width (1, 2, 4, 8 bytes) | 16: deltas of deltas | 32: with gaps
                  gaps: one byte per point, 1 where there is a value
                  the first value as a varint, then differences as little-endian integers of that width

A vehicle at one reading a second costs four to six bytes a point (`python -m bench breadcrumbs`); a plain item, 171.
"""

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate
from operator import sub

from telemetry.rules.point import Point

VERSION = 1
DEFLATED = 1
STEADY, GAPS = 16, 32
WIDTHS = ((1, "b", 1 << 7), (2, "h", 1 << 15), (4, "i", 1 << 31), (8, "q", 1 << 63))
TYPES = {width: code for width, code, _ in WIDTHS}
LARGEST = 1 << 20
"""Bytes that anything we wrote unpacks to at most."""


class Unreadable(ValueError):
    """Not something that this codec, or an older one, wrote."""


def pack(points: Sequence[Point]) -> bytes:
    """The points as bytes, in their order."""
    body = bytearray(_varint(len(points)))
    if points:
        for column in zip(*points, strict=True):
            _write_column(body, column)
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    squeezed = squeezer.compress(body) + squeezer.flush()
    if len(squeezed) < len(body):
        return bytes([VERSION << 4 | DEFLATED]) + squeezed
    return bytes([VERSION << 4]) + body


def unpack(packed: bytes) -> list[Point]:
    """What `pack` was given. Raises `Unreadable`."""
    if not packed or packed[0] >> 4 != VERSION:
        raise Unreadable(f"Breadcrumbs of version {packed[0] >> 4 if packed else 'none'}; this Atlas knows {VERSION}.")
    try:
        body = _inflated(packed[1:]) if packed[0] & DEFLATED else packed[1:]
        count, place = _read_varint(body, 0)
        if not count:
            return []
        columns = []
        for _ in Point._fields:
            column, place = _read_column(body, place, count)
            columns.append(column)
        return list(map(Point._make, zip(*columns, strict=True)))
    except (zlib.error, ValueError, IndexError, OverflowError) as error:
        raise Unreadable("These breadcrumbs are damaged.") from error


def _inflated(packed: bytes) -> bytes:
    opened = zlib.decompressobj(-15)
    body = opened.decompress(packed, LARGEST)
    if not opened.eof:
        raise Unreadable("Breadcrumbs that do not end.")
    return body


def _write_column(body: bytearray, column: Sequence[int | None]) -> None:
    values = [value for value in column if value is not None]
    if not values:
        body.append(0)
        return
    deltas = list(map(sub, values[1:], values))
    steady = [*deltas[:1], *map(sub, deltas[1:], deltas)]
    kind = 0
    if sum(map(abs, steady)) < sum(map(abs, deltas)):
        deltas, kind = steady, STEADY
    low, high = min(deltas, default=0), max(deltas, default=0)
    width, code = next((width, code) for width, code, limit in WIDTHS if -limit <= low and high < limit)
    gaps = len(values) != len(column)
    body.append(kind | width | (GAPS if gaps else 0))
    if gaps:
        body += bytes(value is not None for value in column)
    body += _varint(_zigzag(values[0]))
    body += _little(array(code, deltas)).tobytes()


def _read_column(body: bytes, place: int, count: int) -> tuple[list[int | None], int]:
    kind = body[place]
    place += 1
    if not kind:
        return [None] * count, place
    there = body[place : place + count] if kind & GAPS else b""
    place += len(there)
    size = sum(there) if kind & GAPS else count
    first, place = _read_varint(body, place)
    width = kind & 15
    end = place + width * (size - 1)
    if width not in TYPES or end > len(body) or not size:
        raise Unreadable("A column that is not there.")
    deltas = array(TYPES[width])
    deltas.frombytes(body[place:end])
    steps: Sequence[int] = _little(deltas)
    if kind & STEADY:
        steps = list(accumulate(steps))
    values = list(accumulate(steps, initial=_unzigzag(first)))
    if not kind & GAPS:
        return list(values), end
    left = iter(values)
    return [next(left) if each else None for each in there], end


def _little(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def _unzigzag(value: int) -> int:
    return value >> 1 if not value & 1 else -((value + 1) >> 1)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:  # noqa: PLR2004 (seven bits)
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def _read_varint(body: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004
            return value, place
        shift += 7
        if shift > 70:  # noqa: PLR2004 (ten bytes hold any of ours)
            raise Unreadable("A number that does not end.")
