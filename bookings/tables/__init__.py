"""The marketplace's own tables: bookings, what happened to them, their quotes, the numbers of their receipts."""

from bookings.tables.archive import ArchivedBooking, ArchiveFile
from bookings.tables.booking import (
    Booking,
    BookingsByCard,
    BookingsByConcierge,
    BookingsByDay,
    BookingsByDriver,
    BookingsByOperator,
    BookingsByPickup,
    DriverJobs,
    DueBookings,
    OpenBookings,
)
from bookings.tables.details import Details, ItineraryDay, Point, VIPPreferences
from bookings.tables.final import Charge, Charging, FinalPrice
from bookings.tables.history import BookingHistory, Notice
from bookings.tables.holding import Hold
from bookings.tables.prices import Acceptance, ExtrasConsent, PriceBreakdown, PriceLine, Sold
from bookings.tables.quotes import DueQuotes, Quote, QuotesByBooking, QuotesByOperator
from bookings.tables.receipts import ReceiptNumber

__all__ = [
    "Acceptance",
    "ArchiveFile",
    "ArchivedBooking",
    "Booking",
    "BookingHistory",
    "BookingsByCard",
    "BookingsByConcierge",
    "BookingsByDay",
    "BookingsByDriver",
    "BookingsByOperator",
    "BookingsByPickup",
    "Charge",
    "Charging",
    "Details",
    "DriverJobs",
    "DueBookings",
    "DueQuotes",
    "ExtrasConsent",
    "FinalPrice",
    "Hold",
    "ItineraryDay",
    "Notice",
    "OpenBookings",
    "Point",
    "PriceBreakdown",
    "PriceLine",
    "Quote",
    "QuotesByBooking",
    "QuotesByOperator",
    "ReceiptNumber",
    "Sold",
    "VIPPreferences",
]
