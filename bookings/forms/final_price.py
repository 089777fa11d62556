"""The final price of a ride, what is beyond the agreed one, and a tip. Whole money here, cents beyond."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from atlas.api.serializers import Serializer
from atlas.forms import ApiForm
from bookings.forms.deciding import LARGEST_PRICE
from bookings.forms.paying import CardChoiceForm
from bookings.serializers import NewFinalPriceSerializer, NewTipSerializer, PayingSerializer, RefuseExtrasSerializer


def _money(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.01"),
        max_value=LARGEST_PRICE,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        **options,
    )


class FinalPriceForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = NewFinalPriceSerializer

    price = _money(_("Final price"), help_text=_("Everything included: taxes and the platform fee, too."))
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands on the receipt."),
    )

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return super().body({**cleaned, "price": int(cleaned["price"] * 100)})


class PayingForm(CardChoiceForm):
    """A card that pays once: it is not kept by this."""

    serializer: ClassVar[type[Serializer]] = PayingSerializer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["consent"]

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        kept = cleaned.get("card_id")
        given = {"card_id": kept} if kept else {"source_id": cleaned.get("source_id")}
        others = {name: value for name, value in cleaned.items() if name not in ("card_id", "source_id")}
        return ApiForm.body(self, {**others, **given})


class TipForm(PayingForm):
    serializer: ClassVar[type[Serializer]] = NewTipSerializer

    amount = _money(_("Tip"))

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return super().body({**cleaned, "amount": int(cleaned["amount"] * 100)})


class RefusingForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = RefuseExtrasSerializer

    reason = forms.CharField(label=_("Why not"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
