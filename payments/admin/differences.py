"""Where Square's books and ours differ: listed with the proposed mend, mended or dismissed, looked for on demand."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from accounts.users import current_user
from atlas.backoffice.admin import ReadOnlyAdmin
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from atlas.facade.admin.columns import instant, link_to, money, status_badge
from atlas.facade.admin.filters import DayRangeFilter, IndexFilter
from atlas.facade.admin.search import by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from payments.admin.columns import reference
from payments.models import PaymentDifference
from payments.reconciling import asking, mending
from payments.rules.differences import DifferenceStatus, Mend


class PeriodForm(forms.Form):
    """UTC days, both included."""

    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        label=gettext_lazy("To"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("UTC days, both included; a year at most."),
    )
    mending = forms.BooleanField(
        label=gettext_lazy("Mend what can be"),
        required=False,
        help_text=gettext_lazy("What moves no money and contradicts no record of ours; the rest is only listed."),
    )


@admin.register(PaymentDifference)
class DifferenceAdmin(ReadOnlyAdmin):
    list_display = (
        "kind",
        "status",
        reference,
        link_to("transaction"),
        "ours",
        "theirs",
        "amount",
        "mend",
        "created_at",
    )
    list_filter = (
        IndexFilter.on("status"),
        DayRangeFilter.on("created_at", title=gettext_lazy("found")),
        IndexFilter.on("kind"),
    )
    search_ways = (by_uuid(),)
    ordering = ("-created_at",)
    shown = {
        "status": status_badge("status"),
        "amount": money("amount"),
        "reference": reference,
        "created_at": instant("created_at", gettext_lazy("found")),
    }
    actions = ("carry_out", "dismiss")
    change_list_template = "admin/payments/differences.html"
    fieldsets = (
        (None, {"fields": ("kind", "status", "ours", "theirs", "amount", "mend")}),
        (
            gettext_lazy("About"),
            {"fields": ("reference", "transaction", "payment_gateway_id", "refund_gateway_id", "currency")},
        ),
        (gettext_lazy("What became of it"), {"fields": ("resolved_at", "resolved_by", "reason")}),
        (
            gettext_lazy("Inside"),
            {"classes": ("collapse",), "fields": ("id", "run_id", "created_at", "seen_at", "updated_at", "version")},
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self._guarded(self.reconcile_view)
        return [path("reconcile/", view, name="payments_paymentdifference_reconcile"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {"may_reconcile": self.may_reconcile(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def may_reconcile(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.has_perm("payments.reconcile_paymentdifference"))

    @method_decorator(csrf_protect)
    def reconcile_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for the days, starts the job, and leads to how far it is and to its file."""
        if not self.may_reconcile(request):
            raise PermissionDenied
        yesterday = utc_now().date() - timedelta(days=1)
        sent = request.POST if request.method == "POST" else None
        form = PeriodForm(sent, initial={"first": yesterday, "last": yesterday})
        if form.is_valid():
            try:
                job = asking.start(user=current_user(request), **form.cleaned_data)
            except Invalid as error:
                form.add_error("first", error.fields["from"])
            else:
                return redirect("accounts:job", job.id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reconcile with Square"),
            "opts": self.opts,
            "form": form,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "admin/payments/reconcile.html", context, status=status)

    @service_action(
        description=gettext_lazy("Mend"),
        permission="mend",
        open_for=lambda row: row.status == DifferenceStatus.OPEN and row.mend != Mend.REVIEW,
        in_job=True,
    )
    def carry_out(self, request: HttpRequest, obj: Any) -> str:
        row = mending.mend(user=current_user(request), difference_id=obj.pk)
        if row.status is DifferenceStatus.MENDED:
            return _("Mended: %(how)s") % {"how": row.reason}
        return _("It still differs. Look at it again in a while.")

    @service_action(
        description=gettext_lazy("Dismiss"),
        permission="dismiss",
        fields=ReasonForm,
        open_for=lambda row: row.status == DifferenceStatus.OPEN,
        in_job=True,
    )
    def dismiss(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        mending.dismiss(user=current_user(request), difference_id=obj.pk, reason=reason)
