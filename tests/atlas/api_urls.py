"""A small API of its own, to meet the manners of the edge without any domain."""

from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import EndpointConnectionError
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from atlas.api.fields import (
    Cents,
    Choice,
    Flag,
    FreeText,
    Id,
    Instant,
    Integer,
    Latitude,
    ListOf,
    LocalDate,
    Longitude,
    Text,
)
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import request_example
from atlas.api.serializers import Query, Serializer
from atlas.api.views import OpenView, View
from atlas.dynamo.cursor import Page
from atlas.errors import Conflict, Forbidden, NotFound, PaymentDeclined, Unavailable


class PlaceSerializer(Serializer):
    lat = Latitude()
    lng = Longitude()


class DaySerializer(Serializer):
    day_number = Integer(min_value=1, max_value=60)
    date = LocalDate()


class DetailsSerializer(Serializer):
    pickup_location = FreeText(max_length=60)
    pickup = PlaceSerializer(required=False)
    base_p2p = Cents(required=False)
    quiet_ride = Flag(required=False)
    itinerary = DaySerializer.as_list(required=False, max_length=5)
    beverages = ListOf(Text(max_length=10), required=False, max_length=3)


class RideSerializer(Serializer):
    id = Id(read_only=True)
    type = Choice(["P2P", "HOURLY"])
    details = DetailsSerializer()
    pickup_at = Instant(required=False)
    price = Cents(required=False)


class RideFilter(Query):
    status = Choice(["OPEN", "DONE"], required=False)
    only_mine = Flag(required=False)
    seats = Integer(required=False, min_value=1)


@dataclass
class Journal:
    """What the views did, for the tests to look at."""

    done: list[Any] = field(default_factory=list)
    fail: Exception | None = None
    numbers: Any = field(default_factory=lambda: count(1))


journal = Journal()


class HeaderAuthentication(BaseAuthentication):
    """`X-User: ada` is who you are."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        name = request.headers.get("X-User")
        return (SimpleNamespace(pk=name, is_authenticated=True), None) if name else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class RidesView(View):
    authentication_classes = (HeaderAuthentication,)

    @extend_schema(parameters=[RideFilter, *PAGE_PARAMETERS], responses=page_of(RideSerializer))
    def get(self, request: Request) -> Response:
        filters, paging = self.query(RideFilter), self.paging()
        journal.done.append({**filters, **paging})
        ride = {"id": "0" * 8, "type": "P2P", "details": {"pickup_location": "Here"}}
        return self.page(Page([ride], "more"), RideSerializer)

    @extend_schema(
        request=RideSerializer,
        responses={201: RideSerializer},
        examples=[request_example("A ride", {"type": "P2P", "details": {"pickupLocation": "Grand Hotel"}})],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        body = self.body(RideSerializer)
        journal.done.append(body)
        if journal.fail:
            raise journal.fail
        answer = self.created({"id": f"ride-{next(journal.numbers)}", **body}, RideSerializer)
        answer["ETag"] = '"1"'
        return answer


class RideView(View):
    authentication_classes = (HeaderAuthentication,)

    @extend_schema(responses=RideSerializer)
    def get(self, request: Request, ride_id: str) -> Response:
        return self.answer(_ride(ride_id), RideSerializer)

    @extend_schema(request=RideSerializer, responses=RideSerializer)
    def patch(self, request: Request, ride_id: str) -> Response:
        ride = _ride(ride_id)
        self.check_version(ride)
        self.body(RideSerializer, partial=True)
        return self.answer(ride, RideSerializer)


class LoginView(OpenView):
    throttle_scope = "login"

    @extend_schema(request=PlaceSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        self.body(PlaceSerializer)
        return self.nothing()


class BrokenView(OpenView):
    """Raises what the path names."""

    @extend_schema(exclude=True)
    def get(self, request: Request, kind: str) -> Response:
        raise FAILURES[kind]


FAILURES: dict[str, Exception] = {
    "bug": RuntimeError("secret detail"),
    "404": Http404("secret detail"),
    "403": PermissionDenied("secret detail"),
    "suspicious": SuspiciousOperation("secret detail"),
    "away": EndpointConnectionError(endpoint_url="http://store.invalid"),
    "busy": Unavailable(retry_after=7),
    "race": Conflict(code="already_accepted", details={"status": "OPERATOR_ASSIGNED"}),
    "card": PaymentDeclined(),
    "theirs": NotFound(),
    "not yours": Forbidden(),
}


@require_GET
def plain(request: HttpRequest) -> HttpResponse:
    """A Django view under `/api/`, which knows nothing of the API's errors."""
    if request.GET.get("fail"):
        raise FAILURES[request.GET["fail"]]
    return HttpResponse("fine")


def _ride(ride_id: str) -> Any:
    return SimpleNamespace(
        id=ride_id, type="P2P", details={"pickup_location": "Here"}, pickup_at=None, price=1, version=3
    )


urlpatterns = [
    path("api/v1/rides", RidesView.as_view()),
    path("api/v1/rides/<str:ride_id>", RideView.as_view()),
    path("api/v1/login", LoginView.as_view()),
    path("api/v1/broken/<str:kind>", BrokenView.as_view()),
    path("api/v1/plain", plain),
    path("page", plain),
]
handler400 = "atlas.api.exceptions.bad_request"
handler403 = "atlas.api.exceptions.permission_denied"
handler404 = "atlas.api.exceptions.page_not_found"
handler500 = "atlas.api.exceptions.server_error"
