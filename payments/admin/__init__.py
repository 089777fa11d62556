"""The back office of payments. Money moves by services alone."""

from payments.admin import billing, cards, differences, ledger, payouts, transactions, webhooks

__all__ = ["billing", "cards", "differences", "ledger", "payouts", "transactions", "webhooks"]
