"""What finance does with a payment on account: call it off, ask Square again, record and confirm transfers."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.users import current_user
from atlas.errors import Conflict
from atlas.facade.admin.filters import DayRangeFilter
from atlas.facade.admin.service_action import ReasonForm, service_action
from atlas.forms import NoCardNumbers
from payments.billing import staff as billing
from payments.billing import wires
from payments.rules.types import PaymentMethod, TransactionStatus

EVER = 3650
"""Days: as long as payments are kept."""


class OwedFilter(DayRangeFilter):
    """By the day that an unpaid invoice is due on; the days are those of UTC, in which it was issued."""

    field = "due_on"
    title = gettext_lazy("due and not paid")
    shortcuts = (
        (gettext_lazy("Overdue"), -EVER, -1),
        (gettext_lazy("More than 30 days"), -EVER, -31),
        (gettext_lazy("Due in 7 days"), 0, 7),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Whatever else is chosen: one that was paid is due no more."""
        found = super().queryset(request, queryset)
        return found.filter(status=TransactionStatus.PENDING) if found is not None else None


class WireForm(NoCardNumbers, forms.Form):
    """As the bank's statement says it."""

    bank_reference = forms.CharField(
        label=gettext_lazy("The bank's reference"),
        max_length=80,
        help_text=gettext_lazy("Of the statement's line. It can be recorded once."),
    )
    value_on = forms.DateField(label=gettext_lazy("Value date"), widget=forms.DateInput(attrs={"type": "date"}))


class IncomingForm(WireForm):
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(0.01)],
        help_text=gettext_lazy("In the invoice's currency, such as 120.50; a part of it, where it came in parts."),
    )
    field_order = ("amount", "bank_reference", "value_on")

    def clean_amount(self) -> int:
        """In cents."""
        return int(self.cleaned_data["amount"] * 100)


@admin.display(description=gettext_lazy("transfers"))
def transfers(transaction: Any) -> SafeString:
    """Each with who recorded and who decided it."""
    context = {"wires": transaction.wires, "currency": transaction.currency}
    return render_to_string("admin/payments/wires.html", context)


@admin.display(description=gettext_lazy("invoice"))
def invoice(transaction: Any) -> SafeString:
    context = {"bill": transaction.bill, "due_on": transaction.due_on, "currency": transaction.currency}
    return render_to_string("admin/payments/bill.html", context)


def _is_owed(row: Any) -> bool:
    return row.status == TransactionStatus.PENDING and row.issued_at is not None


def _waits(row: Any) -> bool:
    return bool(wires.recorded(row.item))


class OnAccountActions:
    """Mixed into the admin of transactions."""

    @service_action(
        description=gettext_lazy("Call the invoice off"),
        permission="cancel_invoice",
        fields=ReasonForm,
        open_for=lambda row: row.status == TransactionStatus.PENDING and row.method != PaymentMethod.CARD,
        danger=True,
    )
    def cancel_invoice(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        billing.call_off_by(user=current_user(request), transaction_id=obj.pk)

    @service_action(
        description=gettext_lazy("Ask Square about the invoice"),
        permission="issue_invoice",
        open_for=lambda row: _is_owed(row) and row.method == PaymentMethod.INVOICE,
    )
    def issue_invoice(self, request: HttpRequest, obj: Any) -> str:
        row = billing.issue_by(user=current_user(request), transaction_id=obj.pk)
        return _("It is %(status)s.") % {"status": row.status.lower()}

    @service_action(
        description=gettext_lazy("Record a transfer"),
        permission="record_wire",
        fields=IncomingForm,
        open_for=_is_owed,
    )
    def record_wire(self, request: HttpRequest, obj: Any, *, amount: int, bank_reference: str, value_on: date) -> str:
        wires.record_payment(
            user=current_user(request),
            transaction_id=obj.pk,
            amount=amount,
            bank_reference=bank_reference,
            value_on=value_on,
        )
        return _("Recorded. Somebody else has to confirm it.")

    @service_action(
        description=gettext_lazy("Record that a refund was sent by bank"),
        permission="record_wire",
        fields=WireForm,
        open_for=lambda row: bool(wires.refunds_to_send(row.item)),
    )
    def record_wire_refund(self, request: HttpRequest, obj: Any, *, bank_reference: str, value_on: date) -> str:
        refund = next(iter(wires.refunds_to_send(obj.item)), None)
        if refund is None:
            raise Conflict("There is no refund to be sent.", code="wrong_state")
        wires.record_refund(
            user=current_user(request),
            transaction_id=obj.pk,
            refund_key=refund.key,
            bank_reference=bank_reference,
            value_on=value_on,
        )
        return _("Recorded. Somebody else has to confirm it.")

    @service_action(description=gettext_lazy("Confirm the transfer"), permission="confirm_wire", open_for=_waits)
    def confirm_wire(self, request: HttpRequest, obj: Any) -> None:
        """All that wait: each was recorded by somebody else."""
        for wire in wires.recorded(obj.item):
            wires.confirm(user=current_user(request), transaction_id=obj.pk, wire_id=wire.id)

    @service_action(
        description=gettext_lazy("Reject the transfer"),
        permission="record_wire",
        fields=ReasonForm,
        open_for=_waits,
        danger=True,
    )
    def reject_wire(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        for wire in wires.recorded(obj.item):
            wires.reject(user=current_user(request), transaction_id=obj.pk, wire_id=wire.id)
