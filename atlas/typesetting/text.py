"""Text that people typed, made fit for a printed page: one line, bounded, without what would reorder or break it."""

import unicodedata

LONGEST = 300
"""Characters of one value; names and places are shorter at the edge."""
JOINERS = frozenset("\u200c\u200d\u200e\u200f")
"""Invisible, and needed to spell: joiners and direction marks. Overrides of the direction are not among them."""
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str | None) -> str:
    """As it is to be read; what cannot be printed is left out."""
    kept = (_shown(sign) for sign in unicodedata.normalize("NFC", text or ""))
    line = " ".join("".join(kept).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "\u2026"


def _shown(sign: str) -> str:
    if sign.isspace():
        return " "
    if sign in JOINERS or unicodedata.category(sign) not in UNPRINTABLE:
        return sign
    return ""
