"""Lists: `{"results": [...], "next": "<cursor>|null"}`, `?cursor=&limit=`; no counts, no page numbers.

@extend_schema(parameters=[BookingFilter, *PAGE_PARAMETERS], responses=page_of(BookingSerializer))
def get(self, request: Request) -> Response:
    page = selectors.bookings(user=request.user, **paging(request), **BookingFilter.parse(request))
    return paginated(page, BookingSerializer)
"""

from functools import cache
from typing import Any, TypedDict

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from atlas.api.serializers import Serializer
from atlas.dynamo.cursor import MAX_LENGTH, Page
from atlas.errors import Invalid

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 100

PAGE_PARAMETERS = [
    OpenApiParameter(
        "cursor",
        {"type": "string", "maxLength": MAX_LENGTH},
        description="`next` of the page before; opaque and signed. Belongs to this list with these filters.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
        description="How many results at most.",
    ),
]


class Paging(TypedDict):
    """What every selector of a list takes."""

    cursor: str | None
    limit: int


def paging(request: Request) -> Paging:
    """`?cursor=&limit=` of the request. Raises `Invalid` for a limit that is not 1 to 100."""
    wanted = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (wanted.isascii() and wanted.isdigit() and 1 <= len(wanted) <= len(str(LARGEST_LIMIT))):
        raise _bad_limit()
    limit = int(wanted)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise _bad_limit()
    return {"cursor": request.query_params.get("cursor") or None, "limit": limit}


def paginated(page: Page[Any], serializer: type[Serializer], **context: Any) -> Response:
    """The page as the answer of a list."""
    results = serializer(page.items, many=True, context=context).data
    return Response({"results": results, "next": page.next})


@cache
def page_of(serializer: type[Serializer]) -> type[Serializer]:
    """The OpenAPI shape of a page of `serializer`s: `BookingSerializer` -> component `BookingPage`."""
    name = serializer.__name__.removesuffix("Serializer") + "Page"
    fields = {
        "__doc__": "One page of a list.",
        "__module__": serializer.__module__,
        "results": serializer(many=True),
        "next": serializers.CharField(
            allow_null=True, read_only=True, help_text="Cursor of the next page; null at the end."
        ),
    }
    return type(name, (Serializer,), fields)


def _bad_limit() -> Invalid:
    return Invalid(fields={"limit": [f"Must be a whole number from 1 to {LARGEST_LIMIT}."]})
