"""A receipt as it may be read, without a booking behind it, and what its PDF says."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from atlas.geo.city import place
from bookings.receipts import Receipt, ReceiptDay
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.pricing import split_total
from bookings.rules.types import BookingType, PaymentStatus
from fleet.rules.types import VehicleCategory
from payments.rules.types import PaymentMethod

HOTEL, AIRPORT = place("grand-hotel"), place("city-airport")

RECEIPT = Receipt(
    number="7K3M9Q-2026-000123",
    booking_id="3f0c2a52-5f0e-4b5c-9a6e-0d1f6f1f8f11",
    reference="ATL-7K3M9Q",
    issued_at=datetime(2026, 12, 25, 0, 30, tzinfo=UTC),
    status=BookingStatus.PAID,
    payment_status=PaymentStatus.CAPTURED,
    price=split_total(56_938, tax_rate=Decimal("0.08875"), driver_commission_pct=Decimal("0.75")),
    tax_jurisdiction="US-NY",
    tax_rate="0.08875",
    method=PaymentMethod.CARD,
    cancellation_fee=None,
    amount_paid=56_938,
    amount_refunded=0,
    currency="USD",
    card_brand="VISA",
    card_last4="5858",
    type=BookingType.P2P,
    vehicle_category=VehicleCategory.SEDAN,
    pickup_location=HOTEL.label,
    dropoff_location=AIRPORT.label,
    pickup=(HOTEL.lat, HOTEL.lng),
    dropoff=(AIRPORT.lat, AIRPORT.lng),
    pickup_at=datetime(2026, 12, 24, 23, 30, tzinfo=UTC),
    timezone="America/New_York",
    completed_at=datetime(2026, 12, 25, 0, 15, tzinfo=UTC),
    itinerary=(),
    concierge_name="Sofia Marchetti",
    passenger_name="Ms. Abdi",
    operator_name="Meridian Chauffeurs",
    business_license="TLC-40001",
    driver_name="Marcus Bell",
    vehicle_name="BMW i7",
    plate_number="MRD 1002",
)

IN_LONDON: dict[str, Any] = {
    "price": split_total(12_500, tax_rate=Decimal("0.20"), driver_commission_pct=Decimal("0.75")),
    "tax_jurisdiction": "GB",
    "tax_rate": "0.2",
    "amount_paid": 12_500,
    "currency": "GBP",
    "timezone": "Europe/London",
}


def sample(**changes: Any) -> Receipt:
    return replace(RECEIPT, **changes)


def days(count: int, place_name: str = "Villa Rosa") -> tuple[ReceiptDay, ...]:
    return tuple(
        ReceiptDay(
            day_number=number + 1,
            date=f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}",
            time="09:00",
            hours=8.5,
            pickup_location=f"{place_name} {number}",
            dropoff_location=None,
        )
        for number in range(count)
    )


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with single blanks."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def squeezed(words: str) -> str:
    """Without blanks, which a line break may add or take."""
    return re.sub(r"[\s\u200b]+", "", words)
