"""The tables of `docs/*.md`, so that a test asserts the very figures that people read."""

from decimal import Decimal
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def table(document: str, heading: str) -> list[dict[str, str]]:
    """The rows of the first table below `heading` (its text, at any level), keyed by column."""
    lines = (DOCS / document).read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("#") and line.lstrip("# ") == heading)
    rows: list[list[str]] = []
    for line in lines[start + 1 :]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows or line.startswith("#"):
            break
    assert len(rows) > 2, f"{document} has no table below {heading!r}"
    columns, _, *body = rows
    return [dict(zip(columns, row, strict=True)) for row in body]


def cents(dollars: str) -> int:
    """`175.52` -> 17552."""
    exact = Decimal(dollars) * 100
    assert exact == int(exact), f"{dollars} is not a whole number of cents"
    return int(exact)
