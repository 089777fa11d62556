"""The base of every API view: parse, call, render.

class BookingView(View):
    @extend_schema(request=CancelSerializer, responses=BookingSerializer)
    def post(self, request: Request, booking_id: UUID) -> Response:
        body = self.body(CancelSerializer)
        booking = services.cancel_booking(user=request.user, booking_id=str(booking_id), **body)
        return self.answer(booking, BookingSerializer)
"""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from atlas.api import concurrency, pagination, serializers
from atlas.api.pagination import Paging
from atlas.api.serializers import Query, Serializer
from atlas.dynamo.cursor import Page


class View(APIView):
    """One resource. Its methods are about ten lines; what they decide is in the services."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Answers are somebody's own: no cache keeps one, unless a view knows better."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        return final

    def body(self, serializer: type[Serializer], *, partial: bool = False, many: bool = False, **context: Any) -> Any:
        """The checked body in snake_case."""
        return serializers.parse(serializer, self.request, partial=partial, many=many, **context)

    def query(self, parameters: type[Query]) -> dict[str, Any]:
        """The checked query parameters in snake_case."""
        return parameters.parse(self.request)

    def paging(self) -> Paging:
        """`cursor` and `limit` for a selector."""
        return pagination.paging(self.request)

    def check_version(self, item: Any) -> None:
        """Raises `Stale` (412) when `If-Match` names another version than the item's."""
        concurrency.check_version(self.request, item.version)

    def answer(self, item: Any, serializer: type[Serializer], *, status: int = HTTP_200_OK, **context: Any) -> Response:
        """`item` as JSON, with its version as `ETag` where it has one."""
        context.setdefault("request", self.request)
        response = Response(serializer(item, context=context).data, status=status)
        if version := getattr(item, "version", None):
            response["ETag"] = concurrency.etag(version)
        return response

    def created(self, item: Any, serializer: type[Serializer], **context: Any) -> Response:
        return self.answer(item, serializer, status=HTTP_201_CREATED, **context)

    def page(self, page: Page[Any], serializer: type[Serializer], **context: Any) -> Response:
        """One page of a list."""
        return pagination.paginated(page, serializer, request=self.request, **context)

    def nothing(self) -> Response:
        return Response(status=HTTP_204_NO_CONTENT)


class OpenView(View):
    """For anyone, signed in or not: sign-in, registration, webhooks. No cookie is read, so none needs protecting."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
