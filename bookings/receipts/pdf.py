"""A receipt as PDF: the words of `document`, set by Typst in fonts of our own.

The template is a fixed file; what people typed reaches it as JSON and is only ever shown, never read as markup. It may
read no file, load no package and ask no network. The same receipt gives the same bytes.
"""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

import typst

from atlas.errors import Unavailable
from bookings.receipts.document import document
from bookings.receipts.reading import Receipt
from bookings.receipts.route_map import route_map

HERE = Path(__file__).parent
TEMPLATE = HERE / "template" / "receipt.typ"
FONTS = HERE / "fonts"
NOWHERE = HERE / "template" / "no-packages"
"""Where Typst looks for packages, and finds none."""
CONTENT_TYPE = "application/pdf"

_AT_ONCE = BoundedSemaphore(2)
"""Setting a page keeps a processor busy for some tens of milliseconds: more at once would wait for each other."""
_LONGEST_WAIT = 10.0
"""Seconds in the queue before the client is asked to come back."""


def render(receipt: Receipt) -> bytes:
    """The PDF. Blocks for as long as it takes: not for the event loop. Raises `Unavailable` when too many ask."""
    words = {**asdict(document(receipt)), "map": _map(receipt)}
    day = receipt.issued_at
    return _compile(json.dumps(words, ensure_ascii=False), timestamp=int(day.timestamp()))


def filename(receipt: Receipt) -> str:
    return f"receipt-{receipt.number or receipt.reference}.pdf"


def _map(receipt: Receipt) -> str | None:
    return route_map(receipt.pickup, receipt.dropoff) if receipt.pickup else None


def _compile(data: str, *, timestamp: int) -> bytes:
    if not _AT_ONCE.acquire(timeout=_LONGEST_WAIT):
        raise Unavailable("Too many receipts are being made.", retry_after=5)
    try:
        compiler = typst.Compiler(
            input=_template(),
            root=str(TEMPLATE.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=str(NOWHERE),
            package_cache_path=str(NOWHERE),
        )
        made = compiler.compile(format="pdf", sys_inputs={"receipt": data}, timestamp=timestamp)
    finally:
        _AT_ONCE.release()
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
