"""Payouts: one of finance records, another confirms."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.errors import AtlasError
from atlas.facade.admin.columns import instant, link_to, money, status_badge
from atlas.facade.admin.filters import IndexFilter
from atlas.facade.admin.search import by_uuid
from atlas.facade.admin.service_action import service_action
from atlas.forms import NoCardNumbers
from atlas.templatetags.ui import format_money
from payments.admin.asking import ask, refuse
from payments.ledger.kinds import Account
from payments.models import Payout
from payments.payouts import services
from payments.payouts.tables import PayoutStatus


class PayoutForm(NoCardNumbers, forms.Form):
    """As the bank's order or statement says it."""

    operator = forms.UUIDField(label=gettext_lazy("Operator's ID"))
    account = forms.ChoiceField(
        label=gettext_lazy("Whose share"),
        choices=[(Account.OPERATOR, gettext_lazy("The operator's")), (Account.DRIVER, gettext_lazy("Its drivers'"))],
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0.01)]
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, initial="USD")
    bank_reference = forms.CharField(
        label=gettext_lazy("The bank's reference"), max_length=80, help_text=gettext_lazy("It can be recorded once.")
    )
    value_on = forms.DateField(label=gettext_lazy("Value date"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_amount(self) -> int:
        """In cents."""
        return int(self.cleaned_data["amount"] * 100)


def _waits(row: Any) -> bool:
    return bool(row.status == PayoutStatus.RECORDED)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ("amount", link_to("payee"), "account", "status", "bank_reference", "value_on", "created_at")
    list_filter = (IndexFilter.on("status"),)
    search_ways = (by_uuid("payee_id", gettext_lazy("the operator's ID")),)
    ordering = ("-created_at",)
    shown = {
        "amount": money("amount"),
        "status": status_badge("status"),
        "created_at": instant("created_at", gettext_lazy("recorded")),
    }
    actions = ("confirm", "reject")
    change_list_template = "admin/payments/payouts.html"
    fieldsets = (
        (None, {"fields": ("payee", "sequence", "account", "amount", "currency", "status")}),
        (gettext_lazy("At the bank"), {"fields": ("bank_reference", "value_on")}),
        (gettext_lazy("By whom"), {"fields": ("recorded_by", "created_at", "decided_by", "decided_at", "posting")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("updated_at", "version")}),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            path("record/", self._guarded(self.record_view), name="payments_payout_record"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def record_view(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.has_perm("payments.record_payout"):
            raise PermissionDenied
        form = PayoutForm(
            request.POST if request.method == "POST" else None, initial={"operator": request.GET.get("operator", "")}
        )
        if form.is_valid():
            given = {**form.cleaned_data, "account": Account(form.cleaned_data["account"])}
            try:
                row = services.record(user=current_user(request), operator_id=str(given.pop("operator")), **given)
            except AtlasError as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("%(amount)s is recorded. It counts once another person confirms it.")
                    % {"amount": format_money(row.amount, row.currency)},
                )
                return redirect("admin:payments_payout_changelist")
        return ask(
            request,
            self,
            form,
            title=_("Record a payout"),
            text=_(
                "A transfer that was ordered at the bank. Another person of finance confirms it; then it is posted."
            ),
        )

    @service_action(description=gettext_lazy("Confirm"), permission="confirm", open_for=_waits)
    def confirm(self, request: HttpRequest, obj: Any) -> str:
        row = services.confirm(user=current_user(request), operator_id=obj.item.payee_id, sequence=obj.item.sequence)
        return _("%(amount)s is posted.") % {"amount": format_money(row.amount, row.currency)}

    @service_action(description=gettext_lazy("Reject"), permission="record", open_for=_waits, danger=True)
    def reject(self, request: HttpRequest, obj: Any) -> None:
        services.reject(user=current_user(request), operator_id=obj.item.payee_id, sequence=obj.item.sequence)
