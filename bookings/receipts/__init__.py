"""Receipts: what was paid for a ride, as data, as words, as a PDF."""

from bookings.receipts.answer import download
from bookings.receipts.reading import Receipt, ReceiptDay, receipt

__all__ = ["Receipt", "ReceiptDay", "download", "receipt"]
