"""Lists with filters, a time range and a cursor, the same for every resource."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .calls import Call
from .errors import SquareError
from .times import parse_time, rfc3339

_LARGEST_PAGE = 100
_COMMON = frozenset(
    {
        "begin_time",
        "end_time",
        "updated_at_begin_time",
        "updated_at_end_time",
        "sort_order",
        "sort_field",
        "cursor",
        "limit",
    }
)
_SORT_COLUMNS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}


def list_documents(
    call: Call, *, table: str, filters: Mapping[str, str], unsupported: frozenset[str] = frozenset()
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """One page and, when there is more, ``{"cursor": ...}`` to merge into the answer.

    ``filters`` maps a query parameter to the column it must equal. Ranges include both ends; without one, the year
    up to now. The cursor is a position (sort value and row), so rows made meanwhile neither repeat nor hide others.
    """
    refuse_unknown(call.query, known=_COMMON | filters.keys(), unsupported=unsupported)
    column = _SORT_COLUMNS[_one_of(call.query, "sort_field", tuple(_SORT_COLUMNS), "INVALID_ENUM_VALUE")]
    descending = _one_of(call.query, "sort_order", ("DESC", "ASC"), "INVALID_SORT_ORDER") == "DESC"
    limit = read_limit(call.query)
    conditions, values = _range(call)
    for name, target in filters.items():
        if name in call.query:
            conditions.append(f"{target} = ?")
            values.append(call.query[name])
    page = Page(
        table=table,
        order="DESC" if descending else "ASC",
        limit=limit,
        query=call.query,
        conditions=tuple(conditions),
        values=tuple(values),
        column=column,
    )
    return read_page(call, page)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which rows, in which order, from which place on. ``query`` is what the cursor belongs to, and may hold one."""

    table: str
    order: str
    limit: int
    query: Mapping[str, str]
    conditions: tuple[str, ...] = ()
    values: tuple[object, ...] = ()
    column: str = "created_at"

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "1"

    def count(self, call: Call) -> int:
        """Of all pages together."""
        row = call.db.execute(f"SELECT COUNT(*) FROM {self.table} WHERE {self.where}", self.values).fetchone()  # noqa: S608
        return int(row[0])


def read_page(call: Call, page: Page) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Its documents and, when there is more, ``{"cursor": ...}``."""
    where, values = page.where, page.values
    if "cursor" in page.query:
        where += f" AND ({page.column}, seq) {'<' if page.order == 'DESC' else '>'} (?, ?)"
        values = (*values, *_read_cursor(page.query))
    rows = call.db.execute(
        f"SELECT {page.column} AS position, seq, body FROM {page.table} WHERE {where}"  # noqa: S608
        f" ORDER BY {page.column} {page.order}, seq {page.order} LIMIT ?",
        (*values, page.limit + 1),
    ).fetchall()
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    cursor = {"cursor": _cursor(page.query, shown[-1]["position"], shown[-1]["seq"])} if more else {}
    return [json.loads(row["body"]) for row in shown], cursor


def refuse_unknown(
    query: Mapping[str, str], *, known: frozenset[str], unsupported: frozenset[str] = frozenset()
) -> None:
    for name in query:
        if name in unsupported:
            raise SquareError("SANDBOX_NOT_SUPPORTED", "The local sandbox does not support this filter.", field=name)
        if name not in known:
            raise SquareError("UNKNOWN_QUERY_PARAMETER", "This parameter is not part of the request.", field=name)


def _one_of(query: Mapping[str, str], name: str, allowed: tuple[str, ...], code: str) -> str:
    """The first is the default."""
    value = query.get(name, allowed[0])
    if value not in allowed:
        raise SquareError(code, f"`{value}` is not one of {', '.join(allowed)}.", field=name)
    return value


def read_limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(_LARGEST_PAGE))
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(2**31)):
        raise SquareError("EXPECTED_INTEGER", "Expected an integer value.", field="limit")
    if int(text) < 1:
        raise SquareError("VALUE_TOO_LOW", "Field must be greater than or equal to 1", field="limit")
    return min(int(text), _LARGEST_PAGE)


def _range(call: Call) -> tuple[list[str], list[object]]:
    begin = _time(call.query, "begin_time") or rfc3339(call.now - timedelta(days=365))
    end = _time(call.query, "end_time") or rfc3339(call.now)
    if begin > end:
        raise SquareError("INVALID_TIME_RANGE", "The end time is before the begin time.", field="begin_time")
    conditions, values = ["created_at >= ?", "created_at <= ?"], [begin, end]
    for name, comparison in (("updated_at_begin_time", ">="), ("updated_at_end_time", "<=")):
        moment = _time(call.query, name)
        if moment is not None:
            conditions.append(f"updated_at {comparison} ?")
            values.append(moment)
    return conditions, list[object](values)


def _time(query: Mapping[str, str], name: str) -> str | None:
    if name not in query:
        return None
    try:
        return rfc3339(parse_time(query[name]))
    except (ValueError, OverflowError) as error:
        raise SquareError("INVALID_TIME", "Expected a time in RFC 3339 format.", field=name) from error


def _fingerprint(query: Mapping[str, str]) -> str:
    rest = sorted((name, value) for name, value in query.items() if name not in {"cursor", "limit"})
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()[:16]


def _cursor(query: Mapping[str, str], position: str, seq: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, seq, _fingerprint(query)]).encode()).decode()


def _read_cursor(query: Mapping[str, str]) -> tuple[str, int]:
    """Raises INVALID_CURSOR for one that is not ours or belongs to another query."""
    try:
        position, seq, fingerprint = json.loads(base64.b64decode(query["cursor"], altchars=b"-_", validate=True))
        if fingerprint == _fingerprint(query) and 0 <= int(seq) < 2**63:
            return str(position), int(seq)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        pass
    raise SquareError("INVALID_CURSOR", "The provided cursor is not valid for this query.", field="cursor")
