"""Stock PynamoDB models of Atlas's own tables: the same items, read the usual way."""
# mypy: disable-error-code="no-untyped-call"

from typing import Any

from django.conf import settings
from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model


class Local:
    host = settings.DYNAMODB_ENDPOINT
    region = settings.AWS_REGION
    aws_access_key_id = "local"
    aws_secret_access_key = "local"  # noqa: S105


class UserSettings(MapAttribute[str, Any]):
    notifications = BooleanAttribute()
    darkMode = BooleanAttribute()  # noqa: N815 (the seed's names, as the quick way has them)


class ByEmail(GlobalSecondaryIndex["User"]):
    class Meta:
        index_name = "email-index"
        projection = AllProjection()

    email = UnicodeAttribute(hash_key=True)


class User(Model):
    class Meta(Local):
        table_name = f"{settings.TABLE_PREFIX}users"

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    phone = UnicodeAttribute()
    passwordHash = UnicodeAttribute()  # noqa: N815
    role = UnicodeAttribute()
    avatar = UnicodeAttribute()
    settings = UserSettings()
    lastLogin = UnicodeAttribute(null=True)  # noqa: N815
    status = UnicodeAttribute()
    by_email = ByEmail()
    is_authenticated = True


class Point(MapAttribute[str, Any]):
    lat = NumberAttribute()
    lng = NumberAttribute()


class Preferences(MapAttribute[str, Any]):
    music = UnicodeAttribute(null=True)
    temperature = UnicodeAttribute(null=True)
    beverages = ListAttribute[str](null=True)
    quietRide = BooleanAttribute(null=True)  # noqa: N815


class Details(MapAttribute[str, Any]):
    vehicleCategory = UnicodeAttribute()  # noqa: N815
    pickupLocation = UnicodeAttribute()  # noqa: N815
    dropoffLocation = UnicodeAttribute()  # noqa: N815
    pickup = Point(null=True)
    dropoff = Point(null=True)
    date = UnicodeAttribute()
    time = UnicodeAttribute()
    timezone = UnicodeAttribute()
    taxJurisdiction = UnicodeAttribute()  # noqa: N815
    durationHours = NumberAttribute()  # noqa: N815
    durationDays = NumberAttribute()  # noqa: N815
    distanceKm = NumberAttribute()  # noqa: N815
    passengerCount = NumberAttribute()  # noqa: N815
    luggageCount = NumberAttribute()  # noqa: N815
    passengerName = UnicodeAttribute()  # noqa: N815
    flightNumber = UnicodeAttribute()  # noqa: N815
    preferences = Preferences()
    itinerary = ListAttribute[Any]()


class Line(MapAttribute[str, Any]):
    code = UnicodeAttribute()
    label = UnicodeAttribute()
    quantity = NumberAttribute()
    unitPrice = NumberAttribute()  # noqa: N815
    amount = NumberAttribute()


class Price(MapAttribute[str, Any]):
    subtotal = NumberAttribute()
    tax = NumberAttribute()
    platformFee = NumberAttribute()  # noqa: N815
    total = NumberAttribute()
    driverPayout = NumberAttribute()  # noqa: N815
    currency = UnicodeAttribute()
    lines: ListAttribute[Line] = ListAttribute(of=Line)


class ByConcierge(GlobalSecondaryIndex["Booking"]):
    class Meta:
        index_name = "concierge-index"
        projection = AllProjection()

    conciergeId = UnicodeAttribute(hash_key=True)  # noqa: N815
    createdAt = UnicodeAttribute(range_key=True)  # noqa: N815


class Booking(Model):
    class Meta(Local):
        table_name = f"{settings.TABLE_PREFIX}bookings"

    id = UnicodeAttribute(hash_key=True)
    reference = UnicodeAttribute()
    conciergeId = UnicodeAttribute()  # noqa: N815
    operatorId = UnicodeAttribute(null=True)  # noqa: N815
    driverId = UnicodeAttribute(null=True)  # noqa: N815
    vehicleId = UnicodeAttribute(null=True)  # noqa: N815
    status = UnicodeAttribute()
    type = UnicodeAttribute()
    details = Details()
    pickupAt = UnicodeAttribute()  # noqa: N815
    estimatedPrice = NumberAttribute()  # noqa: N815
    estimate = Price()
    finalPrice = NumberAttribute(null=True)  # noqa: N815
    currency = UnicodeAttribute()
    selectedQuoteId = UnicodeAttribute(null=True)  # noqa: N815
    paymentStatus = UnicodeAttribute()  # noqa: N815
    transactionId = UnicodeAttribute(null=True)  # noqa: N815
    pendingQuotes = NumberAttribute()  # noqa: N815
    deadline = UnicodeAttribute()
    createdAt = UnicodeAttribute()  # noqa: N815
    updatedAt = UnicodeAttribute()  # noqa: N815
    by_concierge = ByConcierge()


class ByBooking(GlobalSecondaryIndex["Quote"]):
    class Meta:
        index_name = "booking-index"
        projection = AllProjection()

    bookingId = UnicodeAttribute(hash_key=True)  # noqa: N815
    createdAt = UnicodeAttribute(range_key=True)  # noqa: N815


class Quote(Model):
    class Meta(Local):
        table_name = f"{settings.TABLE_PREFIX}quotes"

    id = UnicodeAttribute(hash_key=True)
    bookingId = UnicodeAttribute()  # noqa: N815
    operatorId = UnicodeAttribute()  # noqa: N815
    vehicleId = UnicodeAttribute()  # noqa: N815
    price = NumberAttribute()
    status = UnicodeAttribute()
    expiresAt = UnicodeAttribute()  # noqa: N815
    by_booking = ByBooking()


class Payment(Model):
    class Meta(Local):
        table_name = f"{settings.TABLE_PREFIX}transactions"

    id = UnicodeAttribute(hash_key=True)
    bookingId = UnicodeAttribute()  # noqa: N815
    amount = NumberAttribute()
    status = UnicodeAttribute()
    paymentGatewayId = UnicodeAttribute()  # noqa: N815
    createdAt = UnicodeAttribute()  # noqa: N815
