"""The back office of payments. Money moves by services alone."""

from payments.admin import cards, differences, transactions, webhooks

__all__ = ["cards", "differences", "transactions", "webhooks"]
