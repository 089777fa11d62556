"""The REST views of payments: parse, call, render."""

from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.idempotency import HEADER, idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.views import OpenView, View
from payments import examples, selectors, services, webhooks
from payments import serializers as shape
from payments.permissions import check_may
from payments.rules.lifecycle import PaymentAction
from payments.tables import PaymentTransaction

TAGS = ["Payments"]
SIGNATURE = "x-square-hmacsha256-signature"


class Transactions(View):
    @extend_schema(
        operation_id="list_transactions",
        tags=TAGS,
        parameters=[shape.TransactionFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.TransactionSerializer),
    )
    def get(self, request: Request) -> Response:
        """Payments of a booking (its parties), or of a period (ADMIN; the last 30 days by default), newest first."""
        page = selectors.list_transactions(
            user=current_user(request), **self.paging(), **self.query(shape.TransactionFilter)
        )
        return self.page(page, shape.TransactionSerializer)


class OneTransaction(View):
    @extend_schema(operation_id="get_transaction", tags=TAGS, responses=shape.TransactionSerializer)
    def get(self, request: Request, transaction_id: UUID) -> Response:
        """One payment, for its parties."""
        row = selectors.transaction(user=current_user(request), transaction_id=str(transaction_id))
        return self.answer(row, shape.TransactionSerializer)


class Capture(View):
    @extend_schema(
        operation_id="capture_transaction",
        tags=TAGS,
        request=shape.CaptureSerializer,
        responses=shape.TransactionSerializer,
        examples=[examples.CAPTURE],
    )
    @idempotent
    def post(self, request: Request, transaction_id: UUID) -> Response:
        """Take the authorised money (ADMIN, operator); normally this happens by itself when the ride is completed."""
        row = _for(request, PaymentAction.CAPTURE, transaction_id)
        row = services.capture(transaction_id=row.id, **self.body(shape.CaptureSerializer))
        return self.answer(row, shape.TransactionSerializer)


class Refund(View):
    @extend_schema(
        operation_id="refund_transaction",
        tags=TAGS,
        request=shape.NewRefundSerializer,
        responses=shape.TransactionSerializer,
        examples=[examples.REFUND],
    )
    @idempotent
    def post(self, request: Request, transaction_id: UUID) -> Response:
        """Give money back (ADMIN), in several parts if wanted; it counts in `refunded` once Square has completed it."""
        row = _for(request, PaymentAction.REFUND, transaction_id)
        row = services.refund(
            transaction_id=row.id, request_key=_click(request), **self.body(shape.NewRefundSerializer)
        )
        return self.answer(row, shape.TransactionSerializer)


class SquareWebhook(OpenView):
    throttle_classes = ()  # signed, and Square sends in bursts

    @extend_schema(
        operation_id="square_webhook",
        tags=TAGS,
        request=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter(SIGNATURE, str, OpenApiParameter.HEADER, description="HMAC-SHA256 of URL and raw body.")
        ],
        responses={200: OpenApiResponse(description="Kept. A repeated event is kept once.")},
        examples=[examples.WEBHOOK],
    )
    def post(self, request: Request) -> Response:
        """Square's news of payments and refunds."""
        webhooks.receive(
            body=request._request.body,
            signature=request.headers.get(SIGNATURE),
            url=settings.SQUARE_WEBHOOK_URL,
        )
        return Response()


def _for(request: Request, action: PaymentAction, transaction_id: UUID) -> PaymentTransaction:
    row = PaymentTransaction.fetch(str(transaction_id))
    check_may(current_user(request), action, row)
    return row


def _click(request: Request) -> str | None:
    """One click of one person: should the answer kept under the key be lost, it is still the same refund."""
    given = request.headers.get(HEADER)
    return f"{current_user(request).id}:{given}" if given else None
