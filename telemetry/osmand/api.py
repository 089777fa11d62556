"""Phones as trackers: OsmAnd, Traccar Client and others that speak their protocol, by query, form and JSON.

    https://atlas.example.com/osmand/<token of the device>/

Such an app keeps what is not answered with 200, and sends it again for ever. So a reading that is refused for good gets
200 too, with what became of it; only a token that is none, a body that cannot be read, and our own outages get less.
"""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import authentication
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from atlas.api.parsers import JSONParser
from atlas.api.views import View
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from telemetry.devices.authentication import DeviceUser
from telemetry.devices.serializers import MOST_READINGS, BatchReceiptSerializer
from telemetry.devices.services import device_of
from telemetry.ingest.pipeline import ingest
from telemetry.rules.osmand import from_json, from_parameters
from telemetry.rules.point import milliseconds
from telemetry.tables import Device

MOST_PARAMETERS = 60


class TokenInPath(authentication.BaseAuthentication):
    """`request.auth` is the `Device`."""

    def authenticate(self, request: Request) -> tuple[DeviceUser, Device]:
        token: str = cast(Any, request).parser_context["kwargs"]["token"]
        device = device_of(token)
        return DeviceUser(f"device:{device.id}"), device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


@extend_schema(exclude=True)
class OsmAnd(View):
    """Beside the API, whose document it is not in: docs/telemetry-input.md."""

    authentication_classes = (TokenInPath,)
    parser_classes = (JSONParser, FormParser)

    def get(self, request: Request, token: str) -> Response:
        return self._take(request)

    def post(self, request: Request, token: str) -> Response:
        return self._take(request)

    def _take(self, request: Request) -> Response:
        now = utc_now()
        raws = _readings(request, milliseconds(now))
        if len(raws) > MOST_READINGS:
            raise Invalid(f"Send at most {MOST_READINGS} readings at a time.")
        return self.answer(ingest(device=cast(Device, request.auth), raws=raws, now=now), BatchReceiptSerializer)


def _readings(request: Request, now: int) -> list[Any]:
    """Of the query; where it has none, of the body."""
    parameters = request.query_params.dict()
    if not parameters and request.method == "POST":
        if request.content_type and request.content_type.partition(";")[0].strip() == JSONParser.media_type:
            return from_json(request.data)
        parameters = cast(Any, request.data).dict() if request.data else {}
    if not parameters:
        raise Invalid("Expected lat and lon, or a location.")
    if len(parameters) > MOST_PARAMETERS:
        raise Invalid(f"At most {MOST_PARAMETERS} parameters.")
    return [from_parameters(parameters, now=now)]
