"""The back office of payments. Money moves by services alone."""

from payments.admin import differences, transactions, webhooks

__all__ = ["differences", "transactions", "webhooks"]
