"""The back office of payments. Money moves by services alone."""

from payments.admin import transactions, webhooks

__all__ = ["transactions", "webhooks"]
