"""Invoices and their credit notes: what is owed for a ride on account, as data, as words, as a PDF."""

from bookings.invoices.reading import Invoice, credit_note, invoice, invoice_of

__all__ = ["Invoice", "credit_note", "invoice", "invoice_of"]
