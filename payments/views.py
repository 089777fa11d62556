"""The page of an operator's money: what is owed, months with their statements, payouts."""

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.users import current_user
from atlas.errors import Invalid
from atlas.web import action, page
from payments.money import own_money
from payments.payouts.selectors import own_payouts
from payments.statements import asking
from payments.statements.asking import Format

PAYOUTS = 25


class StatementForm(forms.Form):
    """UTC days, both included."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    currency = forms.CharField(max_length=3, required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("File"), choices=[(Format.PDF, "PDF"), (Format.CSV, "CSV")])


@page
@require_safe
def money(request: HttpRequest) -> HttpResponseBase:
    """Of the company that one acts for."""
    user = current_user(request)
    context = {
        "money": own_money(user=user),
        "payouts": own_payouts(user=user, cursor=request.GET.get("cursor"), limit=PAYOUTS),
        "form": StatementForm(),
        "is_first": "cursor" not in request.GET,
    }
    return render(request, "payments/money.html", context)


def to_money() -> str:
    return reverse("payments:money")


@action(back=to_money)
def statement(request: HttpRequest) -> HttpResponseBase:
    """Starts the job, and leads to how far it is and to its file."""
    form = StatementForm(request.POST)
    if not form.is_valid():
        raise Invalid("Give the first and the last day.")
    given = form.cleaned_data
    job = asking.start_own(
        user=current_user(request),
        first=given["first"],
        last=given["last"],
        currency=given["currency"] or None,
        format=Format(given["format"]),
    )
    return redirect("accounts:job", job.id)
