"""The marketplace's REST views: parse, call, render."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.fields import Text
from atlas.api.idempotency import idempotent
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.renderers import JSONRenderer, PDFRenderer
from atlas.api.schema import error_response
from atlas.api.serializers import Query
from atlas.api.views import OpenView, View
from bookings import calendar, examples, invoices, receipts, selectors, services, tracking
from bookings import serializers as shape
from bookings.invoices import pdf
from bookings.permissions import part_of, party
from bookings.tables import Booking

TAGS = ["Marketplace"]
Detail = shape.BookingDetailSerializer


class BookingView(View):
    """Answers with a booking and what the asking user may do next."""

    def show(self, booking: Booking, *, status: int = 200) -> Response:
        return self.answer(booking, Detail, status=status, part=party(current_user(self.request), booking))


class Estimate(View):
    @extend_schema(
        operation_id="estimate",
        tags=TAGS,
        request=shape.EstimateSerializer,
        responses=shape.PriceSerializer,
        examples=[examples.ESTIMATE],
    )
    def post(self, request: Request) -> Response:
        """What a ride would cost by the default rules."""
        body = self.body(shape.EstimateSerializer)
        price = services.estimate_price(type=body["type"], details=shape.estimate_details(body))
        return self.answer(price, shape.PriceSerializer)


class Bookings(BookingView):
    @extend_schema(
        operation_id="list_bookings",
        tags=TAGS,
        parameters=[shape.BookingFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.BookingSerializer),
    )
    def get(self, request: Request) -> Response:
        """Your bookings, newest first; a driver's jobs by pick-up time."""
        page = selectors.list_bookings(user=current_user(request), **self.paging(), **self.query(shape.BookingFilter))
        return self.page(page, shape.BookingSerializer)

    @extend_schema(
        operation_id="request_booking",
        tags=TAGS,
        request=shape.NewBookingSerializer,
        responses={201: Detail},
        examples=[examples.REQUEST],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask for a ride: it is open for quotes at once."""
        booking = services.request_booking(user=current_user(request), **self.body(shape.NewBookingSerializer))
        return self.show(booking, status=201)


class OpenRequests(View):
    @extend_schema(
        operation_id="list_open_requests",
        tags=TAGS,
        parameters=PAGE_PARAMETERS,
        responses=page_of(shape.OpenRequestSerializer),
    )
    def get(self, request: Request) -> Response:
        """Requests open for quotes, newest first."""
        page = selectors.open_requests(user=current_user(request), **self.paging())
        return self.page(page, shape.OpenRequestSerializer)


class Jobs(View):
    @extend_schema(
        operation_id="list_jobs", tags=TAGS, parameters=PAGE_PARAMETERS, responses=page_of(shape.BookingSerializer)
    )
    def get(self, request: Request) -> Response:
        """What the driver has before them, by pick-up time."""
        return self.page(selectors.jobs(user=current_user(request), **self.paging()), shape.BookingSerializer)


class OneBooking(BookingView):
    @extend_schema(operation_id="get_booking", tags=TAGS, responses=Detail)
    def get(self, request: Request, booking_id: UUID) -> Response:
        """One booking, for its parties."""
        booking, part = selectors.booking_of(user=current_user(request), booking_id=str(booking_id))
        if part_of(current_user(request), booking) is None:
            return self.answer(shape.without_passenger(booking), Detail, part=part)
        return self.answer(booking, Detail, part=part)


class History(View):
    @extend_schema(operation_id="booking_history", tags=TAGS, responses=shape.HistoryListSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        """Who did what, oldest first."""
        rows = selectors.history_of(user=current_user(request), booking_id=str(booking_id))
        return self.answer({"results": rows}, shape.HistoryListSerializer)


class Quotes(View):
    @extend_schema(operation_id="list_quotes", tags=TAGS, responses=shape.QuoteListSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        """The quotes, pending ones first and by price; an operator sees their own."""
        quotes, best = selectors.quotes_of(user=current_user(request), booking_id=str(booking_id))
        return self.answer({"results": quotes, "next": None, "best_value_id": best}, shape.QuoteListSerializer)

    @extend_schema(
        operation_id="submit_quote",
        tags=TAGS,
        request=shape.NewQuoteSerializer,
        responses={201: shape.QuoteSerializer},
        examples=[examples.QUOTE],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Offer a vehicle for a price, everything included."""
        body = self.body(shape.NewQuoteSerializer)
        quote = services.submit_quote(user=current_user(request), booking_id=str(booking_id), **body)
        return self.created(quote, shape.QuoteSerializer)


class Accept(BookingView):
    @extend_schema(
        operation_id="accept_quote",
        tags=TAGS,
        request=shape.AcceptSerializer,
        responses={200: Detail, 402: error_response("The card was declined; nothing was changed.")},
        examples=[examples.ACCEPT, examples.ACCEPT_AHEAD],
    )
    @idempotent
    def post(self, request: Request, quote_id: UUID) -> Response:
        """Take a quote and authorise the card.

        A ride whose card could not be held until its end needs one that is kept: one of `me/cards`, or a token with
        `consent`. Nothing is held then; `hold.askAt` says when it will be.
        """
        body = self.body(shape.AcceptSerializer)
        return self.show(services.accept_quote(user=current_user(request), quote_id=str(quote_id), **body))


class Card(BookingView):
    @extend_schema(
        operation_id="replace_card",
        tags=TAGS,
        request=shape.CardChoiceSerializer,
        responses={200: Detail, 402: error_response("The card was declined; nothing was changed.")},
        examples=[examples.CARD],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Have a sold ride paid by another card on file; it is asked at once where a hold is due."""
        body = self.body(shape.CardChoiceSerializer)
        return self.show(services.replace_card(user=current_user(request), booking_id=str(booking_id), **body))


class Withdraw(View):
    @extend_schema(operation_id="withdraw_quote", tags=TAGS, request=None, responses=shape.QuoteSerializer)
    def post(self, request: Request, quote_id: UUID) -> Response:
        """Take a pending quote back."""
        quote = services.withdraw_quote(user=current_user(request), quote_id=str(quote_id))
        return self.answer(quote, shape.QuoteSerializer)


class Assign(BookingView):
    @extend_schema(
        operation_id="assign_booking",
        tags=TAGS,
        request=shape.AssignSerializer,
        responses=Detail,
        examples=[examples.ASSIGN],
    )
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Give the ride a driver and a vehicle, or others than before."""
        body = self.body(shape.AssignSerializer)
        return self.show(services.assign(user=current_user(request), booking_id=str(booking_id), **body))


class Status(BookingView):
    @extend_schema(
        operation_id="report_status",
        tags=TAGS,
        request=shape.StatusSerializer,
        responses=Detail,
        examples=[examples.STATUS],
    )
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Say how far the ride is, along the lifecycle."""
        body = self.body(shape.StatusSerializer)
        return self.show(services.report_status(user=current_user(request), booking_id=str(booking_id), **body))


class Cancel(BookingView):
    @extend_schema(
        operation_id="cancel_booking",
        tags=TAGS,
        request=shape.CancelSerializer,
        responses=Detail,
        examples=[examples.CANCEL],
    )
    @idempotent
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Call the ride off; the fee of the policy is in `cancellationFee`."""
        body = self.body(shape.CancelSerializer)
        return self.show(services.cancel(user=current_user(request), booking_id=str(booking_id), **body))


class Track(View):
    @extend_schema(operation_id="track_booking", tags=TAGS, responses=shape.TrackSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        """Last position, route, progress and ETA, while the ride is live."""
        found = tracking.track(user=current_user(request), booking_id=str(booking_id))
        return self.answer(found, shape.TrackSerializer)


class Receipt(View):
    renderer_classes = [JSONRenderer, PDFRenderer]

    @extend_schema(
        operation_id="booking_receipt",
        tags=TAGS,
        responses={
            (200, "application/json"): shape.ReceiptSerializer,
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The same, to be printed"),
        },
    )
    def get(self, request: Request, booking_id: UUID) -> Any:
        """What was paid, for what, and how; once the ride is completed, or was cancelled at a fee.

        As JSON, or as PDF with `Accept: application/pdf`.
        """
        found = receipts.receipt(user=current_user(request), booking_id=str(booking_id))
        if request.accepted_renderer.format == PDFRenderer.format:
            return receipts.download(found)
        return self.answer(found, shape.ReceiptSerializer)


class Invoice(View):
    renderer_classes = [JSONRenderer, PDFRenderer]

    @extend_schema(
        operation_id="booking_invoice",
        tags=TAGS,
        responses={
            (200, "application/json"): shape.InvoicePaperSerializer,
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The same, to be printed"),
        },
    )
    def get(self, request: Request, booking_id: UUID) -> Any:
        """What is owed for a ride on account, and until when; 409 where there is no invoice.

        As JSON, or as PDF with `Accept: application/pdf`.
        """
        found = invoices.invoice(user=current_user(request), booking_id=str(booking_id))
        if request.accepted_renderer.format == PDFRenderer.format:
            return pdf.download(found)
        return self.answer(found, shape.InvoicePaperSerializer)


class FeedToken(Query):
    token = Text(max_length=400)


class CalendarFeed(View):
    @extend_schema(operation_id="calendar_feed", tags=TAGS, responses=shape.CalendarFeedSerializer)
    def get(self, request: Request) -> Response:
        """The address of your calendar feed, to subscribe to. A password change makes it void."""
        return self.answer({"url": calendar.feed_url(current_user(request))}, shape.CalendarFeedSerializer)


class Calendar(OpenView):
    @extend_schema(
        operation_id="calendar",
        tags=TAGS,
        parameters=[FeedToken],
        responses={(200, "text/calendar"): OpenApiResponse(str, description="iCalendar, RFC 5545")},
    )
    def get(self, request: Request) -> Any:
        """Upcoming bookings as iCalendar, for the holder of a feed token."""
        feed = calendar.feed(token=self.query(FeedToken)["token"])
        return HttpResponse(feed, content_type="text/calendar; charset=utf-8")
