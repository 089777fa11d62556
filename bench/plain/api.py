"""Stock DRF over stock PynamoDB: sign-in, list, detail, accept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings
from django.contrib.auth.hashers import check_password
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from square import Square

from bench.plain.tables import Booking, Payment, Quote, User

square = Square(token=settings.SQUARE_ACCESS_TOKEN, base_url=settings.SQUARE_BASE_URL)


class PointSerializer(serializers.Serializer[Any]):
    lat = serializers.FloatField()
    lng = serializers.FloatField()


class PreferencesSerializer(serializers.Serializer[Any]):
    music = serializers.CharField()
    temperature = serializers.CharField()
    beverages = serializers.ListField(child=serializers.CharField())
    quietRide = serializers.BooleanField()  # noqa: N815


class DetailsSerializer(serializers.Serializer[Any]):
    vehicleCategory = serializers.CharField()  # noqa: N815
    pickupLocation = serializers.CharField()  # noqa: N815
    dropoffLocation = serializers.CharField()  # noqa: N815
    pickup = PointSerializer()
    dropoff = PointSerializer()
    date = serializers.CharField()
    time = serializers.CharField()
    timezone = serializers.CharField()
    taxJurisdiction = serializers.CharField()  # noqa: N815
    durationHours = serializers.FloatField()  # noqa: N815
    durationDays = serializers.IntegerField()  # noqa: N815
    distanceKm = serializers.FloatField()  # noqa: N815
    passengerCount = serializers.IntegerField()  # noqa: N815
    luggageCount = serializers.IntegerField()  # noqa: N815
    passengerName = serializers.CharField()  # noqa: N815
    flightNumber = serializers.CharField()  # noqa: N815
    preferences = PreferencesSerializer()
    itinerary = serializers.ListField()


class LineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    quantity = serializers.FloatField()
    unitPrice = serializers.IntegerField()  # noqa: N815
    amount = serializers.IntegerField()


class PriceSerializer(serializers.Serializer[Any]):
    subtotal = serializers.IntegerField()
    tax = serializers.IntegerField()
    platformFee = serializers.IntegerField()  # noqa: N815
    total = serializers.IntegerField()
    driverPayout = serializers.IntegerField()  # noqa: N815
    currency = serializers.CharField()
    lines = LineSerializer(many=True)


class BookingSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    reference = serializers.CharField()
    conciergeId = serializers.CharField()  # noqa: N815
    operatorId = serializers.CharField()  # noqa: N815
    driverId = serializers.CharField()  # noqa: N815
    vehicleId = serializers.CharField()  # noqa: N815
    status = serializers.CharField()
    type = serializers.CharField()
    details = DetailsSerializer()
    pickupAt = serializers.CharField()  # noqa: N815
    estimatedPrice = serializers.IntegerField()  # noqa: N815
    estimate = PriceSerializer()
    finalPrice = serializers.IntegerField()  # noqa: N815
    currency = serializers.CharField()
    selectedQuoteId = serializers.CharField()  # noqa: N815
    paymentStatus = serializers.CharField()  # noqa: N815
    transactionId = serializers.CharField()  # noqa: N815
    pendingQuotes = serializers.IntegerField()  # noqa: N815
    deadline = serializers.CharField()
    createdAt = serializers.CharField()  # noqa: N815
    updatedAt = serializers.CharField()  # noqa: N815


class TokenAuthentication(BaseAuthentication):
    """A signed token and one look at the user."""

    def authenticate(self, request: Request) -> tuple[Any, None]:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        try:
            user = User.get(jwt.decode(token, settings.TOKEN_KEY, algorithms=["HS256"])["sub"])
        except (jwt.PyJWTError, User.DoesNotExist) as error:
            raise AuthenticationFailed from error
        return user, None


class PlainView(APIView):
    authentication_classes: Any = (TokenAuthentication,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = ()


class Login(PlainView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        body: Any = request.data
        user = next(iter(User.by_email.query(body["email"])), None)
        if user is None or not check_password(body["password"], user.passwordHash):
            raise AuthenticationFailed
        now = datetime.now(UTC)
        user.update([User.lastLogin.set(f"{now:%Y-%m-%dT%H:%M:%S.%fZ}")])
        token = jwt.encode({"sub": user.id, "exp": now + timedelta(minutes=15)}, settings.TOKEN_KEY, "HS256")
        return Response({"accessToken": token})


class Bookings(PlainView):
    def get(self, request: Request) -> Response:
        found = list(Booking.by_concierge.query(request.user.id, scan_index_forward=False, limit=50))
        return Response({"results": BookingSerializer(found, many=True).data})


class OneBooking(PlainView):
    def get(self, request: Request, booking_id: Any) -> Response:
        booking = Booking.get(str(booking_id))
        if booking.conciergeId != request.user.id:
            raise NotFound
        return Response(BookingSerializer(booking).data)


class Accept(PlainView):
    """One write after the other: killed in between, it leaves a mess that nobody finds."""

    def post(self, request: Request, quote_id: Any) -> Response:
        body: Any = request.data
        quote = Quote.get(str(quote_id))
        booking = Booking.get(quote.bookingId)
        if booking.conciergeId != request.user.id or quote.status != "PENDING":
            raise NotFound
        money: Any = {"amount": int(quote.price), "currency": "USD"}
        paid = square.payments.create(
            source_id=body["sourceId"], idempotency_key=str(uuid4()), amount_money=money, autocomplete=False
        ).payment
        assert paid
        assert paid.id
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        payment = Payment(
            str(uuid4()),
            bookingId=booking.id,
            amount=quote.price,
            status="AUTHORIZED",
            paymentGatewayId=paid.id,
            createdAt=now,
        )
        payment.save()
        booking.update(
            [
                Booking.status.set("OPERATOR_ASSIGNED"),
                Booking.operatorId.set(quote.operatorId),
                Booking.vehicleId.set(quote.vehicleId),
                Booking.finalPrice.set(quote.price),
                Booking.selectedQuoteId.set(quote.id),
                Booking.transactionId.set(payment.id),
                Booking.paymentStatus.set("AUTHORIZED"),
                Booking.updatedAt.set(now),
            ]
        )
        for each in Quote.by_booking.query(booking.id):
            each.update([Quote.status.set("ACCEPTED" if each.id == quote.id else "DECLINED")])
        return Response(BookingSerializer(booking).data)
