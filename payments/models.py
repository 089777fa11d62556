"""Facades of the payments' tables, for the back office. Nothing else imports them."""

from datetime import datetime, timedelta
from typing import Any

from atlas.facade.model import Facade
from atlas.facade.partitions import Days, Values
from atlas.shards import all_shards
from atlas.templatetags.ui import format_money
from payments import tables
from payments.billing import tables as billing
from payments.billing.rules import BillingStatus
from payments.cards import tables as cards
from payments.ledger import tables as books
from payments.ledger.kinds import PostingKind
from payments.payouts import tables as payouts
from payments.reconciling import tables as reconciling
from payments.rules.cards import CardStatus
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.rules.types import TransactionStatus

REACH = timedelta(days=366 * 10)
"""As long as transactions are kept."""


class PaymentTransaction(
    Facade,
    table=tables.PaymentTransaction,
    links={"payer_id": "accounts.User", "payee_id": "fleet.Operator"},
    partitions={
        "day-index": Days(reach=REACH),
        "due-index": Values(all_shards),
        "owed-index": Values(all_shards),
    },
    options={
        "reference": {"verbose_name": "booking"},
        "payment_gateway_id": {"verbose_name": "Square payment"},
        "created_at": {"verbose_name": "opened"},
    },
):
    """The payment of one reference, which names a booking to those who know bookings."""

    id: str
    reference: str
    status: TransactionStatus
    amount: int
    refunded: int
    currency: str
    operations: Any
    disputes: Any
    payment_gateway_id: str | None
    item: tables.PaymentTransaction

    class Meta:
        verbose_name = "transaction"

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)}, {self.status.lower()}"


class BillingAccount(
    Facade,
    table=billing.BillingAccount,
    links={"decided_by": "accounts.User"},
    partitions={"status-index": Values(BillingStatus)},
    options={"created_at": {"verbose_name": "asked for"}},
):
    """A concierge who pays after the ride."""

    id: str
    status: BillingStatus
    company_name: str
    credit_limit: int
    currency: str
    item: billing.BillingAccount

    class Meta:
        verbose_name = "billing account"

    def __str__(self) -> str:
        return f"{self.company_name}, {self.status.lower()}"


class SavedCard(
    Facade,
    table=cards.SavedCard,
    links={"payer_id": "accounts.User"},
    partitions={"due-index": Values(all_shards)},
    options={"card_id": {"verbose_name": "Square card"}, "customer_id": {"verbose_name": "Square customer"}},
):
    """A card that is kept at Square for a payer."""

    id: str
    status: CardStatus
    brand: str | None
    last4: str | None
    item: cards.SavedCard

    class Meta:
        verbose_name = "card on file"
        verbose_name_plural = "cards on file"

    def __str__(self) -> str:
        return f"{self.brand or ''} {self.last4 or ''} {self.status.lower()}".strip()


class PaymentDifference(
    Facade,
    table=reconciling.PaymentDifference,
    links={
        "transaction_id": "payments.PaymentTransaction",
        "run_id": "atlas.Job",
        "resolved_by": "accounts.User",
    },
    partitions={"status-index": Values(DifferenceStatus)},
    options={
        "reference": {"verbose_name": "booking"},
        "payment_gateway_id": {"verbose_name": "Square payment"},
        "refund_gateway_id": {"verbose_name": "Square refund"},
        "ours": {"verbose_name": "in Atlas"},
        "theirs": {"verbose_name": "at Square"},
        "mend": {"verbose_name": "proposed mend"},
        "created_at": {"verbose_name": "found"},
    },
):
    """Where Square's books and ours differ, and what became of it."""

    id: str
    kind: DifferenceKind
    status: DifferenceStatus
    mend: Mend
    ours: str
    theirs: str
    item: reconciling.PaymentDifference

    class Meta:
        verbose_name = "difference with Square"
        verbose_name_plural = "differences with Square"

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').lower()}: {self.ours} / {self.theirs}"


class LedgerPosting(
    Facade,
    table=books.LedgerPosting,
    links={
        "transaction_id": "payments.PaymentTransaction",
        "payee_id": "fleet.Operator",
        "posted_by": "accounts.User",
    },
    partitions={"day-index": Days(reach=REACH)},
    options={"reference": {"verbose_name": "booking"}, "created_at": {"verbose_name": "posted"}},
):
    """A posting of the ledger: its lines sum to zero."""

    id: str
    kind: PostingKind
    reference: str
    currency: str
    lines: Any
    item: books.LedgerPosting

    class Meta:
        verbose_name = "posting"

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').lower()} {self.item.name}"


class Payout(
    Facade,
    table=payouts.Payout,
    links={
        "payee_id": "fleet.Operator",
        "posting_id": "payments.LedgerPosting",
        "recorded_by": "accounts.User",
        "decided_by": "accounts.User",
    },
    partitions={"status-index": Values(payouts.PayoutStatus)},
    options={"created_at": {"verbose_name": "recorded"}, "value_on": {"verbose_name": "value date"}},
):
    """A transfer to an operator."""

    sequence: int
    status: payouts.PayoutStatus
    amount: int
    currency: str
    item: payouts.Payout

    class Meta:
        verbose_name = "payout"

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)}, {self.status.lower()}"


class WebhookEvent(Facade, table=tables.WebhookEvent, show_expired=True):
    """A webhook as it was received."""

    id: str
    type: str
    body: str
    handled_at: datetime | None

    class Meta:
        verbose_name = "webhook"

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
