"""Lists of customers: all of them, or those that fit a query."""

import json
from typing import Any

from .calls import Answer, Call
from .errors import SquareError
from .fields import Fields
from .listing import Page, read_limit, read_page, refuse_unknown
from .times import parse_time, rfc3339

_ORDERS = ("ASC", "DESC")
_SORTS = ("DEFAULT", "CREATED_AT")
_TEXT_FILTERS = ("reference_id", "email_address", "phone_number")
_UNSUPPORTED_FILTERS = frozenset({"creation_source", "group_ids", "custom_attribute", "segment_ids", "updated_at"})


def list_customers(call: Call) -> Answer:
    refuse_unknown(call.query, known=frozenset({"cursor", "limit", "sort_field", "sort_order", "count"}))
    order = call.query.get("sort_order", "ASC")
    if order not in _ORDERS or call.query.get("sort_field", "DEFAULT") not in _SORTS:
        raise SquareError("INVALID_ENUM_VALUE", "This is no order of customers.", field="sort_order")
    page = Page(table="customers", order=order, limit=read_limit(call.query), query=call.query)
    return _answer(call, page, counted=call.query.get("count") == "true")


def search_customers(call: Call) -> Answer:
    """``{"query": {"filter": {"reference_id": {"exact": "..."}}, "sort": {...}}, "limit", "cursor", "count"}``."""
    fields = Fields(call.body, known={"query", "limit", "cursor", "count"})
    query = Fields(fields.mapping("query") or {}, known={"filter", "sort"}, prefix="query.")
    wanted = Fields(
        query.mapping("filter") or {},
        known={*_TEXT_FILTERS, "created_at"},
        unsupported=_UNSUPPORTED_FILTERS,
        prefix="query.filter.",
    )
    conditions, values = _conditions(wanted)
    sort = Fields(query.mapping("sort") or {}, known={"field", "order"}, prefix="query.sort.")
    sort.choice("field", _SORTS, default="DEFAULT")
    place = {"query": json.dumps(call.body.get("query"), sort_keys=True)}
    cursor = fields.text("cursor", longest=1000)
    page = Page(
        table="customers",
        order=sort.choice("order", _ORDERS, default="ASC"),
        limit=fields.integer("limit", default=100, lowest=1, highest=100),
        query=place if cursor is None else {**place, "cursor": cursor},
        conditions=conditions,
        values=values,
    )
    return _answer(call, page, counted=fields.boolean("count", default=False))


def _conditions(wanted: Fields) -> tuple[tuple[str, ...], tuple[object, ...]]:
    conditions: list[str] = []
    values: list[object] = []
    for name in _TEXT_FILTERS:
        given = wanted.mapping(name)
        if given is None:
            continue
        inner = Fields(given, known={"exact", "fuzzy"}, prefix=f"query.filter.{name}.")
        if (exact := inner.text("exact", longest=300)) is not None:
            conditions.append(f"{name} = ?")
            values.append(exact)
        if (fuzzy := inner.text("fuzzy", longest=300)) is not None:
            conditions.append(f"instr(lower({name}), ?) > 0")
            values.append(fuzzy.lower())
    if (span := wanted.mapping("created_at")) is not None:
        inner = Fields(span, known={"start_at", "end_at"}, prefix="query.filter.created_at.")
        for name, comparison in (("start_at", ">="), ("end_at", "<=")):
            if (text := inner.text(name, longest=40)) is not None:
                conditions.append(f"created_at {comparison} ?")
                values.append(_moment(text, name))
    return tuple(conditions), tuple(values)


def _moment(text: str, name: str) -> str:
    try:
        return rfc3339(parse_time(text))
    except (ValueError, OverflowError) as error:
        raise SquareError("INVALID_TIME", "Expected a time in RFC 3339 format.", field=name) from error


def _answer(call: Call, page: Page, *, counted: bool) -> Answer:
    documents, more = read_page(call, page)
    body: dict[str, Any] = {"customers": documents, **more} if documents else {}  # Square sends no empty list here
    if counted:
        body["count"] = page.count(call)
    return Answer(body)
