"""A template and its words in, a PDF out.

The template is a fixed file, alone in its folder; what people typed reaches it as JSON and is only ever shown, never
read as markup. It may read no other file, load no package and ask no network. The same words give the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import typst

from atlas.errors import Unavailable

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
NOWHERE = HERE / "no-packages"
"""Where Typst looks for packages, and finds none."""
CONTENT_TYPE = "application/pdf"

_AT_ONCE = BoundedSemaphore(2)
"""Setting a page keeps a processor busy for some tens of milliseconds: more at once would wait for each other."""
_LONGEST_WAIT = 10.0
"""Seconds in the queue before the client is asked to come back."""


def typeset(template: Path, words: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF; the template reads `words` as `sys.inputs.words`, and `at` is the file's own date.

    Blocks for as long as it takes: not for the event loop. Raises `Unavailable` when too many ask.
    """
    data = json.dumps(words, ensure_ascii=False)
    if not _AT_ONCE.acquire(timeout=_LONGEST_WAIT):
        raise Unavailable("Too many documents are being made.", retry_after=5)
    try:
        compiler = typst.Compiler(
            input=_read(template),
            root=str(template.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=str(NOWHERE),
            package_cache_path=str(NOWHERE),
        )
        made = compiler.compile(format="pdf", sys_inputs={"words": data}, timestamp=int(at.timestamp()))
    finally:
        _AT_ONCE.release()
    if not isinstance(made, bytes):
        raise TypeError("A PDF is one file.")
    return made


@cache
def _read(template: Path) -> bytes:
    return template.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
