"""The books in the back office: postings to be looked at, an operator's money with its statements, tax by place."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from atlas.facade.admin.columns import instant, link_to
from atlas.facade.admin.filters import DayRangeFilter
from atlas.facade.admin.search import by_uuid
from payments import taxes
from payments.admin.asking import ask, refuse
from payments.admin.columns import reference
from payments.models import LedgerPosting
from payments.money import money_of
from payments.statements import asking
from payments.statements.asking import Format


def days_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class DaysForm(forms.Form):
    """UTC days, both included."""

    first = days_field(gettext_lazy("From"))
    last = days_field(gettext_lazy("To"))


class StatementForm(DaysForm):
    operator = forms.UUIDField(label=gettext_lazy("Operator's ID"))
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=3, required=False, help_text=gettext_lazy("Where there are several.")
    )
    format = forms.ChoiceField(label=gettext_lazy("File"), choices=[(Format.PDF, "PDF"), (Format.CSV, "CSV")])
    field_order = ("operator", "first", "last", "currency", "format")


@admin.display(description=gettext_lazy("lines"))
def lines(posting: Any) -> SafeString:
    """Debits and credits."""
    return render_to_string("admin/payments/lines.html", {"lines": posting.lines, "currency": posting.currency})


@admin.register(LedgerPosting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("kind", reference, link_to("payee"), link_to("transaction"), "currency", "created_at")
    list_filter = (DayRangeFilter.on("created_at", title=gettext_lazy("posted")),)
    search_ways = (by_uuid(), by_uuid("payee_id", gettext_lazy("the operator's ID")))
    ordering = ("-created_at",)
    shown = {
        "reference": reference,
        "lines": lines,
        "created_at": instant("created_at", gettext_lazy("posted")),
    }
    change_list_template = "admin/payments/postings.html"
    fieldsets = (
        (None, {"fields": ("kind", "reference", "payee", "transaction", "lines", "currency", "created_at")}),
        (gettext_lazy("Tax"), {"fields": ("taxable", "tax_rate")}),
        (gettext_lazy("Why and by whom"), {"fields": ("note", "posted_by")}),
        (gettext_lazy("Inside"), {"classes": ("collapse",), "fields": ("id", "name", "updated_at", "version")}),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            path("statement/", self._guarded(self.statement_view), name="payments_ledgerposting_statement"),
            path("taxes/", self._guarded(self.taxes_view), name="payments_ledgerposting_taxes"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def statement_view(self, request: HttpRequest) -> HttpResponse:
        """What is owed to one operator, and its statement of some days, as a job."""
        if not self._may_ask(request, "export"):
            raise PermissionDenied
        last = utc_now().date().replace(day=1) - timedelta(days=1)
        given = {"first": last.replace(day=1), "last": last, "operator": request.GET.get("operator", "")}
        form = StatementForm(request.POST if request.method == "POST" else None, initial=given)
        user = current_user(request)
        if form.is_valid():
            wanted = form.cleaned_data
            try:
                job = asking.start_for(
                    user=user,
                    operator_id=str(wanted["operator"]),
                    first=wanted["first"],
                    last=wanted["last"],
                    currency=wanted["currency"] or None,
                    format=Format(wanted["format"]),
                )
            except AtlasError as error:
                refuse(form, error)
            else:
                return redirect("accounts:job", job.id)
        shown = str(form["operator"].value() or "")
        return ask(
            request,
            self,
            form,
            title=_("Statement of an operator"),
            text=_("Every posting of days that are over, between the balance before and the one after."),
            template="admin/payments/statement.html",
            money=money_of(user=user, operator_id=shown) if shown else None,
        )

    def taxes_view(self, request: HttpRequest) -> HttpResponse:
        """Collected, given back, owed: by jurisdiction and rate."""
        if not self._may_ask(request, "view"):
            raise PermissionDenied
        today = utc_now().date()
        asked = request.GET if "first" in request.GET else {"first": today.replace(day=1), "last": today}
        form, found = DaysForm(asked), []
        if form.is_valid():
            try:
                found = taxes.summary(user=current_user(request), **form.cleaned_data)
            except AtlasError as error:
                refuse(form, error)
            else:
                if request.GET.get("format") == "csv":
                    return _file(taxes.as_csv(found), "tax-{first}-{last}.csv".format(**form.cleaned_data))
        return ask(
            request,
            self,
            form,
            title=_("Tax by jurisdiction"),
            text=_("Of what was posted on these UTC days: collected with payments, given back with refunds."),
            template="admin/payments/taxes.html",
            taxes=found,
        )

    def _may_ask(self, request: HttpRequest, verb: str) -> bool:
        user: Any = request.user
        return bool(user.has_perm(f"payments.{verb}_ledgerposting"))


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer
