"""Billing accounts: who asked to pay after the ride, what they were lent, and what is left of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.selectors import user_by_email
from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.facade.admin.columns import instant, money, status_badge
from atlas.facade.admin.filters import IndexFilter
from atlas.facade.admin.search import Way, by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from atlas.forms import NoCardNumbers
from atlas.templatetags.ui import format_money
from payments.billing import accounts, credit
from payments.billing.rules import LARGEST_CREDIT, LONGEST_TERMS, BillingStatus
from payments.models import BillingAccount


class TermsForm(NoCardNumbers, forms.Form):
    """What an account is lent, and for how long."""

    terms_days = forms.IntegerField(
        label=gettext_lazy("Days to pay"),
        min_value=0,
        max_value=LONGEST_TERMS,
        initial=14,
        help_text=gettext_lazy("From the invoice, which is issued when the ride is completed."),
    )
    credit_limit = forms.DecimalField(
        label=gettext_lazy("Credit limit"),
        min_value=0,
        max_value=LARGEST_CREDIT // 100,
        decimal_places=2,
        help_text=gettext_lazy("Owed at a time, rides ahead included; in the account's currency, such as 5000."),
    )

    def clean_credit_limit(self) -> int:
        """In cents."""
        return int(self.cleaned_data["credit_limit"] * 100)


def user_id(email: str) -> str:
    """Whose address it is. Raises `ValueError`."""
    user = user_by_email(email)
    if user is None:
        raise ValueError(email)
    return user.id


@admin.register(BillingAccount)
class BillingAccountAdmin(ReadOnlyAdmin):
    list_display = ("company_name", "status", "credit_limit", "terms_days", "email", "created_at")
    list_filter = (IndexFilter.on("status"),)
    search_ways = (by_uuid(), Way(gettext_lazy("the concierge's e-mail"), "pk", user_id, r"[^@\s]+@[^@\s]+"))
    ordering = ("-created_at",)
    shown = {
        "status": status_badge("status"),
        "credit_limit": money("credit_limit"),
        "created_at": instant("created_at", gettext_lazy("asked for")),
    }
    readonly_fields = ("left",)
    actions = ("approve", "decline", "suspend")
    fieldsets = (
        (None, {"fields": ("company_name", "status", "reason")}),
        (gettext_lazy("Credit"), {"fields": ("credit_limit", "left", "terms_days", "currency")}),
        (gettext_lazy("Where invoices go"), {"fields": ("email", "address", "tax_number")}),
        (gettext_lazy("Decided"), {"fields": ("decided_by", "decided_at")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "created_at", "updated_at", "version")}),
    )

    @admin.display(description=gettext_lazy("left of it"))
    def left(self, account: Any) -> str:
        """As of this instant; below zero after the limit was lowered."""
        return format_money(credit.left(account.pk), account.currency)

    @service_action(
        description=gettext_lazy("Approve, or change the terms"),
        permission="approve",
        fields=TermsForm,
    )
    def approve(self, request: HttpRequest, obj: Any, *, terms_days: int, credit_limit: int) -> str:
        account = accounts.approve(
            user=current_user(request), account_id=obj.pk, terms_days=terms_days, credit_limit=credit_limit
        )
        return _("%(limit)s, %(days)s days.") % {
            "limit": format_money(account.credit_limit, account.currency),
            "days": account.terms_days,
        }

    @service_action(
        description=gettext_lazy("Decline"),
        permission="approve",
        fields=ReasonForm,
        open_for=lambda account: account.status == BillingStatus.REQUESTED,
    )
    def decline(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        accounts.decline(user=current_user(request), account_id=obj.pk, reason=reason)

    @service_action(
        description=gettext_lazy("Suspend"),
        permission="suspend",
        fields=ReasonForm,
        open_for=lambda account: account.status == BillingStatus.APPROVED,
        danger=True,
    )
    def suspend(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        accounts.suspend(user=current_user(request), account_id=obj.pk, reason=reason)
