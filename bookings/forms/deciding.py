"""What is decided about a booking: its quotes, who drives it, its end."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from atlas.api.serializers import Serializer
from atlas.forms import ApiForm
from bookings import labels
from bookings.rules.lifecycle import Actor
from bookings.rules.types import CancellationCode
from bookings.serializers import (
    AssignSerializer,
    CancelSerializer,
    NewQuoteSerializer,
    StatusSerializer,
)
from fleet.tables import Driver, Vehicle

LARGEST_PRICE = Decimal(1_000_000)


class QuoteForm(ApiForm):
    """An operator's offer; `price` in whole money here, in cents beyond."""

    serializer: ClassVar[type[Serializer]] = NewQuoteSerializer

    vehicle_id = forms.ChoiceField(label=_("Vehicle"))
    price = forms.DecimalField(
        label=_("Total price"),
        min_value=Decimal("0.01"),
        max_value=LARGEST_PRICE,
        decimal_places=2,
        help_text=_("In US dollars, everything included."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )
    eta = forms.IntegerField(label=_("Minutes away"), min_value=0, max_value=24 * 60, initial=15)
    notes = forms.CharField(label=_("Notes"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, vehicles: Iterable[Vehicle], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vehicle_id"].choices = [(each.id, vehicle_label(each)) for each in vehicles]  # type: ignore[attr-defined]

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return super().body({**cleaned, "price": int(cleaned["price"] * 100)})


class AssignForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = AssignSerializer

    driver_id = forms.ChoiceField(label=_("Driver"))
    vehicle_id = forms.ChoiceField(label=_("Vehicle"))

    def __init__(
        self, *args: Any, drivers: Iterable[Driver] = (), vehicles: Iterable[Vehicle] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["driver_id"].choices = [(each.id, driver_label(each)) for each in drivers]  # type: ignore[attr-defined]
        self.fields["vehicle_id"].choices = [(each.id, vehicle_label(each)) for each in vehicles]  # type: ignore[attr-defined]


class CancelForm(ApiForm):
    """`shown_fee` is what the person was told in cents: never more than that is taken without telling again."""

    serializer: ClassVar[type[Serializer]] = CancelSerializer

    code = forms.ChoiceField(label=_("Why"))
    reason = forms.CharField(label=_("In your words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    shown_fee = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, part: Actor, no_show: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = (*labels.CODES_OF[part], *([CancellationCode.NO_SHOW] if no_show else []))
        self.fields["code"].choices = [(code, labels.CODES[code]) for code in codes]  # type: ignore[attr-defined]

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return super().body({name: cleaned[name] for name in ("code", "reason")})


class StatusForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = StatusSerializer

    status = forms.CharField(max_length=40)


def vehicle_label(vehicle: Vehicle) -> str:
    return f"{vehicle.name} · {vehicle.plate_number}"


def driver_label(driver: Driver) -> str:
    stars = f" · {driver.rating:.1f} ★" if driver.rating else ""
    return f"{driver.name}{stars}"
