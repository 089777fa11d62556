"""Transactions: found by booking, day, or Square's id; captured, voided, refunded."""

from secrets import token_hex
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MinValueValidator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import instant, link_to, money, status_badge
from atlas.facade.admin.filters import DayRangeFilter, IndexFilter
from atlas.facade.admin.search import Way, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from atlas.templatetags.ui import format_money
from payments import services
from payments.admin.columns import disputes, operations, reference
from payments.admin.on_account import OnAccountActions, OwedFilter, invoice, transfers
from payments.admin.searching import by_name
from payments.models import PaymentTransaction
from payments.rules.lifecycle import PaymentAction, is_open
from payments.rules.types import TransactionStatus


class AmountForm(forms.Form):
    """Empty takes all there is."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        required=False,
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(0.01)],
        help_text=gettext_lazy("In the payment's currency, such as 120.50. Empty: all of it."),
    )

    def clean_amount(self) -> int | None:
        """In cents."""
        given = self.cleaned_data["amount"]
        return None if given is None else int(given * 100)


class RefundForm(ReasonForm, AmountForm):
    """`click` is drawn when the form is shown: sent twice, it is one refund."""

    click = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=lambda: token_hex(16))
    field_order = ("amount", "reason", "click")


@admin.register(PaymentTransaction)
class TransactionAdmin(OnAccountActions, ReadOnlyAdmin):
    list_display = (
        reference,
        "status",
        "amount",
        "refunded",
        "method",
        link_to("payer"),
        link_to("payee"),
        "created_at",
    )
    list_display_links = ("amount",)
    list_filter = (DayRangeFilter.on("created_at", title=gettext_lazy("opened")), IndexFilter.on("status"), OwedFilter)
    search_ways = (
        by_uuid(),
        by_name(),
        by_uuid("reference", gettext_lazy("the booking's ID")),
        Way(gettext_lazy("Square's payment ID"), "payment_gateway_id", str.strip, r"[A-Za-z0-9_-]{6,192}"),
    )
    ordering = ("-created_at",)
    shown = {
        "status": status_badge("status"),
        "amount": money("amount"),
        "refunded": money("refunded"),
        "reference": reference,
        "operations": operations,
        "disputes": disputes,
        "bill": invoice,
        "wires": transfers,
        "credit_held": money("credit_held"),
        "created_at": instant("created_at", gettext_lazy("opened")),
    }
    secret_fields = ("source_id",)
    actions = (
        "capture",
        "void",
        "refund",
        "record_wire",
        "confirm_wire",
        "reject_wire",
        "record_wire_refund",
        "issue_invoice",
        "cancel_invoice",
    )
    fieldsets = (
        (None, {"fields": ("reference", "status", "amount", "refunded", "currency", "method", "created_at")}),
        (gettext_lazy("Between whom"), {"fields": ("payer", "payee", "metadata")}),
        (gettext_lazy("On account"), {"fields": ("bill", "issued_at", "due_on", "credit_held", "wires")}),
        (gettext_lazy("At Square"), {"fields": ("payment_gateway_id", "gateway_version", "gateway_updated_at")}),
        (gettext_lazy("What was asked of Square"), {"fields": ("operations", "disputes", "due_at")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "updated_at", "version")}),
    )

    @service_action(
        description=gettext_lazy("Capture"),
        permission="capture",
        fields=AmountForm,
        open_for=lambda row: row.status == TransactionStatus.AUTHORIZED,
    )
    def capture(self, request: HttpRequest, obj: Any, *, amount: int | None) -> str:
        row = services.capture_by(user=current_user(request), transaction_id=obj.pk, amount=amount)
        return _("%(amount)s taken.") % {"amount": format_money(row.amount, row.currency)}

    @service_action(
        description=gettext_lazy("Release the hold"),
        permission="void",
        fields=ReasonForm,
        open_for=lambda row: row.status == TransactionStatus.AUTHORIZED,
        danger=True,
    )
    def void(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        services.void_by(user=current_user(request), transaction_id=obj.pk)

    @service_action(
        description=gettext_lazy("Refund"),
        permission="refund",
        fields=RefundForm,
        open_for=lambda row: is_open(TransactionStatus(row.status), PaymentAction.REFUND),
        danger=True,
    )
    def refund(self, request: HttpRequest, obj: Any, *, amount: int | None, reason: str, click: str) -> str:
        row = services.refund_by(
            user=current_user(request), transaction_id=obj.pk, amount=amount, reason=reason, click=click
        )
        asked = row.refunds[-1]
        return _("%(amount)s: %(state)s.") % {
            "amount": format_money(asked.amount, row.currency),
            "state": asked.state.value,
        }
