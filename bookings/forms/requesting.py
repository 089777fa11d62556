"""Asking for a ride, and what it would cost."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from atlas.api.serializers import Serializer, wire_name
from atlas.forms import ApiForm
from atlas.geo.city import JURISDICTION, TIMEZONE, Place, places
from bookings import labels
from bookings.rules.tax import TAX_RATES
from bookings.rules.types import BookingType
from bookings.serializers import GENDERS, MUSIC, TEMPERATURES, EstimateSerializer, NewBookingSerializer

PREFERENCES = (
    "preferred_driver_gender",
    "temperature",
    "music",
    "beverages",
    "meet_and_greet",
    "ramp_access",
    "quiet_ride",
    "special_instructions",
)
ELSEWHERE = ("distance_km", "timezone", "tax_jurisdiction", "utc_offset")
"""Inputs that the named places of the city answer by themselves."""
NOT_FOR = {
    BookingType.P2P: ("duration_hours", "duration_days", "flight_number"),
    BookingType.AIRPORT: ("duration_hours", "duration_days"),
    BookingType.HOURLY: ("distance_km", "flight_number"),
}
"""Inputs that the page hides for a kind of ride; what is left in them is not meant."""


def _text(label: Any, *, required: bool = False, length: int = 300, **attributes: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=length, widget=forms.TextInput(attrs=dict(attributes))
    )


def _choice(label: Any, values: tuple[str, ...]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[("", _("No preference")), *((value, value) for value in values)]
    )


def _flag(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class RequestForm(ApiForm):
    """Everything of one request. A place of the demo city is chosen by its label, any other is free text."""

    serializer: ClassVar[type[Serializer]] = NewBookingSerializer

    once = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=lambda: str(uuid4()))
    type = forms.ChoiceField(
        label=_("Kind of ride"), choices=labels.choices(labels.TYPES), widget=forms.RadioSelect, initial=BookingType.P2P
    )
    vehicle_category = forms.ChoiceField(label=_("Vehicle"), choices=labels.choices(labels.CATEGORIES))
    pickup_location = _text(_("Pick-up"), required=True, list="places", autocomplete="off")
    dropoff_location = _text(_("Drop-off"), list="places", autocomplete="off")
    date = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"]
    )
    time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("By the clock at the pick-up."),
    )
    duration_hours = forms.FloatField(
        label=_("Hours a day"), required=False, min_value=0, widget=forms.NumberInput(attrs={"step": "0.5"})
    )
    duration_days = forms.IntegerField(label=_("Days"), required=False, min_value=1, initial=1)
    passenger_count = forms.IntegerField(label=_("Passengers"), min_value=1, initial=1)
    luggage_count = forms.IntegerField(label=_("Pieces of luggage"), min_value=0, initial=0)
    passenger_name = _text(_("Passenger's name"), length=120, autocomplete="off")
    flight_number = _text(_("Flight number"), length=12, autocomplete="off")

    distance_km = forms.FloatField(
        label=_("Distance in km"), required=False, min_value=0, widget=forms.NumberInput(attrs={"step": "0.1"})
    )
    timezone = forms.CharField(
        label=_("Time zone of the pick-up"),
        max_length=64,
        initial=TIMEZONE,
        help_text=_("As in America/Los_Angeles or Europe/Paris."),
    )
    tax_jurisdiction = forms.ChoiceField(
        label=_("Taxed in"), required=False, choices=[("", _("Elsewhere")), *((code, code) for code in TAX_RATES)]
    )
    utc_offset = _text(_("Which of the two"), length=6, placeholder="-04:00", autocomplete="off")

    preferred_driver_gender = _choice(_("Driver"), GENDERS)
    temperature = _choice(_("Temperature"), TEMPERATURES)
    music = _choice(_("Music"), MUSIC)
    beverages = forms.CharField(
        label=_("Beverages"), required=False, max_length=500, help_text=_("With commas between them.")
    )
    meet_and_greet = _flag(_("Meet and greet"))
    ramp_access = _flag(_("Ramp access"))
    quiet_ride = _flag(_("Quiet ride"))
    special_instructions = forms.CharField(
        label=_("Special instructions"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def elsewhere_open(self) -> bool:
        """Whether the inputs for places that are not on the list have something to say."""
        return any(name in self.errors or self.data.get(name) for name in ("distance_km", "tax_jurisdiction")) or any(
            name in self.errors for name in ELSEWHERE
        )

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in cleaned.items() if value not in (None, "", False)}
        ride = BookingType(given.pop("type"))
        for name in ("once", *NOT_FOR[ride]):
            given.pop(name, None)
        preferences = {wire_name(name): given.pop(name) for name in PREFERENCES if name in given}
        if "beverages" in preferences:
            preferences["beverages"] = [each.strip() for each in preferences["beverages"].split(",") if each.strip()]
        if "date" in given:
            given["date"] = given["date"].isoformat()
        if "time" in given:
            given["time"] = given["time"].strftime("%H:%M")
        details = {wire_name(name): value for name, value in {**given, **_located(given)}.items()}
        return {"type": ride, "details": {**details, "preferences": preferences}}


class EstimateForm(RequestForm):
    """The same while it is being filled in: only what the price needs must be there."""

    serializer = EstimateSerializer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("pickup_location", "date", "time", "timezone", "passenger_count", "luggage_count"):
            self.fields[name].required = False


def _located(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the places by themselves: coordinates, and at the pick-up its clock and its taxes."""
    found: dict[str, Any] = {}
    pickup, dropoff = (place_named(given.get(f"{end}_location", "")) for end in ("pickup", "dropoff"))
    if pickup:
        found |= {"pickup": _point(pickup), "timezone": TIMEZONE, "tax_jurisdiction": JURISDICTION}
    if dropoff:
        found["dropoff"] = _point(dropoff)
    return found


def place_named(label: str) -> Place | None:
    """The place of the city that has this label, however it is capitalised."""
    wanted = " ".join(label.casefold().split())
    return next((place for place in places() if place.label.casefold() == wanted), None)


def _point(place: Place) -> dict[str, float]:
    return {"lat": place.lat, "lng": place.lng}
