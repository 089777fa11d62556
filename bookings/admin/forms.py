"""What the back office asks before it acts on a booking."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.utils.translation import gettext_lazy as _

from atlas.facade.admin.forms import FacadeForm
from atlas.facade.admin.service_action import ReasonForm
from bookings import labels
from bookings.models import Booking
from bookings.rules.lifecycle import Actor
from bookings.rules.types import CancellationCode
from bookings.services.amending import AMENDABLE

REASONS = (*labels.CODES_OF[Actor.ADMIN], CancellationCode.NO_SHOW)
BY_US, BY_CLIENT = "us", "client"


class BookingForm(FacadeForm):
    """The little that no rule owns."""

    passenger_name = forms.CharField(
        label=_("Passenger's name"), required=False, max_length=AMENDABLE["passenger_name"]
    )
    flight_number = forms.CharField(label=_("Flight number"), required=False, max_length=AMENDABLE["flight_number"])

    class Meta:
        model = Booking
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in AMENDABLE:
            if name in self.fields:
                self.initial[name] = getattr(self.instance, name)


class CancelForm(ReasonForm):
    code = forms.ChoiceField(
        label=_("Why"),
        choices=[(code.value, labels.CODES[code]) for code in REASONS],
    )
    charge = forms.ChoiceField(
        label=_("Who bears it"),
        choices=[
            (BY_US, _("We or the operator: nothing is charged")),
            (BY_CLIENT, _("The client, at whose wish it is: the policy's fee")),
        ],
        widget=forms.RadioSelect,
        initial=BY_US,
        help_text=_("A passenger who did not come bears it in any case."),
    )
    field_order = ("code", "charge", "reason")


class CrewForm(ReasonForm):
    """Ids, with the lists of the fleet to choose from beside them."""

    driver = forms.ModelChoiceField(
        label=_("Driver"),
        queryset=Booking._meta.get_field("driver").related_model._default_manager.all(),
        widget=ForeignKeyRawIdWidget(Booking._meta.get_field("driver").remote_field, admin.site),
        help_text=_("One of the operator's own, free for all of the ride."),
    )
    vehicle = forms.ModelChoiceField(
        label=_("Vehicle"),
        queryset=Booking._meta.get_field("vehicle").related_model._default_manager.all(),
        widget=ForeignKeyRawIdWidget(Booking._meta.get_field("vehicle").remote_field, admin.site),
    )
    field_order = ("driver", "vehicle", "reason")
