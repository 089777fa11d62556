"""The REST views of the final price and of tips: parse, call, render."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.schema import error_response
from bookings import examples, selectors, services
from bookings import serializers as shape
from bookings.api import TAGS, BookingView, Detail

DECLINED = error_response("The card was declined; nothing was changed.")


class AnnouncePrice(BookingView):
    @extend_schema(operation_id="announce_final_price", tags=TAGS, request=None, responses=Detail)
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Another price will be stated after the ride: its money waits for that, a day at most."""
        return self.show(services.announce_price(user=current_user(request), booking_id=str(booking_id)))


class FinalPrice(BookingView):
    @extend_schema(operation_id="propose_final_price", tags=TAGS, responses=shape.ProposalSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        """What waiting and extra hours come to, by the ride's own times (its operator, ADMIN)."""
        found = selectors.proposal_of(user=current_user(request), booking_id=str(booking_id))
        return self.answer(found, shape.ProposalSerializer)

    @extend_schema(
        operation_id="state_final_price",
        tags=TAGS,
        request=shape.NewFinalPriceSerializer,
        responses=Detail,
        examples=[examples.FINAL_PRICE],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Say what the ride cost, once, within a day: less is given back; more is charged as agreed, or asked for."""
        body = self.body(shape.NewFinalPriceSerializer)
        return self.show(services.state_price(user=current_user(request), booking_id=str(booking_id), **body))


class ApproveExtras(BookingView):
    @extend_schema(
        operation_id="approve_extras",
        tags=TAGS,
        request=shape.PayingSerializer,
        responses={200: Detail, 402: DECLINED},
        examples=[examples.PAY_EXTRAS],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Pay what the ride cost beyond the agreed price."""
        body = self.body(shape.PayingSerializer)
        return self.show(services.approve_extras(user=current_user(request), booking_id=str(booking_id), **body))


class RefuseExtras(BookingView):
    @extend_schema(
        operation_id="refuse_extras",
        tags=TAGS,
        request=shape.RefuseExtrasSerializer,
        responses=Detail,
        examples=[examples.REFUSE_EXTRAS],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Do not pay it, and say why."""
        body = self.body(shape.RefuseExtrasSerializer)
        return self.show(services.refuse_extras(user=current_user(request), booking_id=str(booking_id), **body))


class Tip(BookingView):
    @extend_schema(
        operation_id="tip",
        tags=TAGS,
        request=shape.NewTipSerializer,
        responses={200: Detail, 402: DECLINED},
        examples=[examples.TIP],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Give the driver something, once, within 30 days. No fee, no tax."""
        body = self.body(shape.NewTipSerializer)
        return self.show(services.tip(user=current_user(request), booking_id=str(booking_id), **body))
