"""Payments under /api/v1/."""

from django.urls import path

from payments import api
from payments.billing import api as billing_api
from payments.cards import api as cards_api
from payments.statements import api as money_api

urlpatterns = [
    path("transactions", api.Transactions.as_view(), name="api-transactions"),
    path("transactions/<uuid:transaction_id>", api.OneTransaction.as_view(), name="api-transaction"),
    path("transactions/<uuid:transaction_id>/capture", api.Capture.as_view(), name="api-capture"),
    path("transactions/<uuid:transaction_id>/refund", api.Refund.as_view(), name="api-refund"),
    path("me/billing", billing_api.Account.as_view(), name="api-billing"),
    path("me/invoices", billing_api.Invoices.as_view(), name="api-invoices"),
    path("me/cards", cards_api.Cards.as_view(), name="api-cards"),
    path("me/cards/consent", cards_api.ConsentText.as_view(), name="api-card-consent"),
    path("me/cards/<uuid:card_id>", cards_api.OneCard.as_view(), name="api-card"),
    path("operators/me/balance", money_api.OwnBalance.as_view(), name="api-own-balance"),
    path("operators/me/statements", money_api.OwnStatements.as_view(), name="api-own-statements"),
    path("operators/me/payouts", money_api.OwnPayouts.as_view(), name="api-own-payouts"),
    path("webhooks/square", api.SquareWebhook.as_view(), name="api-square-webhook"),
]
