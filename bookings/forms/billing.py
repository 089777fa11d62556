"""Asking for a billing account, and paying on one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from atlas.api.serializers import Serializer
from atlas.forms import ApiForm
from bookings.serializers import AcceptSerializer
from payments.billing.serializers import BillTextSerializer
from payments.rules.types import PaymentMethod


class AccountForm(ApiForm):
    """Where invoices go."""

    serializer: ClassVar[type[Serializer]] = BillTextSerializer

    company_name = forms.CharField(label=_("Company"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    email = forms.EmailField(label=_("E-mail for invoices"), max_length=254)
    tax_number = forms.CharField(label=_("Tax number"), max_length=40, required=False)


class OnAccountForm(ApiForm):
    """Pay after the ride."""

    serializer: ClassVar[type[Serializer]] = AcceptSerializer

    method = forms.ChoiceField(
        label=_("How"),
        choices=(
            (PaymentMethod.INVOICE.value, _("Invoice, paid by card on its page")),
            (PaymentMethod.WIRE.value, _("Invoice, paid by bank transfer")),
        ),
    )

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {"method": cleaned["method"]}
