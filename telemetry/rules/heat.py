"""Where vehicles spend their time: seconds per cell of a grid, in tiles that are kept apart.

Cells are squares of Web Mercator at zoom 17 (about 230 m wide at 40 degrees north), tiles at zoom 10 (30 km). The time
of a leg counts where it began; of a gap nobody knows where it was spent.
"""

import math
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from telemetry.rules.point import Point
from telemetry.rules.summary import LONGEST_MOVING_LEG

CELL_ZOOM, TILE_ZOOM = 17, 10
ACROSS = 1 << (CELL_ZOOM - TILE_ZOOM)
"""Cells along the side of a tile."""
LARGEST_LATITUDE = 85.051128
"""Where the projection ends."""

Cells = dict[int, int]
"""Number of the cell within its tile (row by row) -> seconds."""


class Tile(NamedTuple):
    x: int
    y: int


def heat_of(points: Sequence[Point]) -> dict[Tile, Cells]:
    """Of one trip; a cell that was only touched counts a second."""
    found: dict[Tile, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for a, b in pairwise(points):
        if b.at - a.at <= LONGEST_MOVING_LEG:
            tile, cell = place_of(*a.degrees)
            found[tile][cell] += b.at - a.at
    return {
        tile: {cell: max(1, round(milliseconds / 1000)) for cell, milliseconds in cells.items()}
        for tile, cells in found.items()
    }


def place_of(lat: float, lng: float) -> tuple[Tile, int]:
    lat = max(-LARGEST_LATITUDE, min(LARGEST_LATITUDE, lat))
    size = 1 << CELL_ZOOM
    x = min(int((lng + 180) / 360 * size), size - 1)
    y = min(int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size), size - 1)
    return Tile(x // ACROSS, y // ACROSS), y % ACROSS * ACROSS + x % ACROSS


def centre_of(tile: Tile, cell: int) -> tuple[float, float]:
    """Latitude and longitude of a cell's middle, degrees."""
    size = 1 << CELL_ZOOM
    x, y = tile.x * ACROSS + cell % ACROSS + 0.5, tile.y * ACROSS + cell // ACROSS + 0.5
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / size)))), x / size * 360 - 180


def added(one: Mapping[int, int], other: Mapping[int, int]) -> Cells:
    return {cell: one.get(cell, 0) + other.get(cell, 0) for cell in sorted({*one, *other})}


def pack(cells: Mapping[int, int]) -> bytes:
    order = sorted(cells)
    steps = [after - before for before, after in pairwise([0, *order])]
    return zlib.compress(msgspec.msgpack.encode([steps, [cells[cell] for cell in order]]), 9)


def unpack(packed: bytes) -> Cells:
    steps, seconds = msgspec.msgpack.decode(zlib.decompress(packed), type=tuple[list[int], list[int]])
    cells, cell = {}, 0
    for step, value in zip(steps, seconds, strict=True):
        cell += step
        cells[cell] = value
    return cells
