"""Forms of the organizations' pages. What is allowed is decided by the API's serializers and by the services."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import password_field
from accounts.rules.contact import LONGEST_EMAIL, LONGEST_NAME
from accounts.strength import RULE
from atlas.api.serializers import Serializer
from atlas.forms import ApiForm, NoCardNumbers
from fleet.organizations.selectors import Person
from fleet.organizations.serializers import (
    DAY,
    LONGEST_ORGANIZATION_NAME,
    NewInvitationSerializer,
    OrganizationChangeSerializer,
    RoleSerializer,
    TransferSerializer,
    Units,
)
from fleet.rules.membership import INVITABLE, MemberRole

ROLES = {
    MemberRole.OWNER: _("Owner"),
    MemberRole.ADMIN: _("Admin"),
    MemberRole.MANAGER: _("Manager"),
    MemberRole.DRIVER: _("Driver"),
    MemberRole.VIEWER: _("Viewer"),
}
WHAT = {
    MemberRole.OWNER: _("everything, and hands the ownership over"),
    MemberRole.ADMIN: _("members, drivers, assignments, geofences, alerts, reports"),
    MemberRole.MANAGER: _("sees all, acknowledges alerts, sends commands"),
    MemberRole.DRIVER: _("own assigned vehicles"),
    MemberRole.VIEWER: _("looks at assigned vehicles"),
}
CHOICES = [(role.value, ROLES[role]) for role in reversed(INVITABLE)]


class InviteForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = NewInvitationSerializer

    email = forms.EmailField(
        label=_("E-mail"), max_length=LONGEST_EMAIL, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=CHOICES, initial=MemberRole.MANAGER.value)


class RoleForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = RoleSerializer

    role = forms.ChoiceField(choices=CHOICES)


class TransferForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = TransferSerializer

    user_id = forms.ChoiceField(label=_("New owner"))

    def __init__(self, *args: Any, people: Iterable[Person] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user_id"].choices = [  # type: ignore[attr-defined]
            (each.member.user_id, f"{each.name} ({each.email})")
            for each in people
            if each.member.role in (MemberRole.ADMIN, MemberRole.MANAGER)
        ]


class SettingsForm(ApiForm):
    serializer: ClassVar[type[Serializer]] = OrganizationChangeSerializer

    name = forms.CharField(label=_("Name"), max_length=LONGEST_ORGANIZATION_NAME)
    timezone = forms.ChoiceField(label=_("Time zone"), required=False)
    units = forms.ChoiceField(
        label=_("Units"),
        choices=[(Units.METRIC.value, _("Metric: kilometres")), (Units.IMPERIAL.value, _("Imperial: miles"))],
    )
    alert_minutes = forms.IntegerField(
        label=_("Minutes until an alert goes on"),
        required=False,
        min_value=1,
        max_value=DAY,
        help_text=_("One that nobody acknowledged by then goes to the owner and the admins."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["timezone"].choices = [("", _("UTC")), *zones]  # type: ignore[attr-defined]

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        settings = {
            "timezone": cleaned["timezone"] or None,
            "units": cleaned["units"],
            "alertMinutes": cleaned["alert_minutes"],
        }
        return {"name": cleaned["name"], "settings": settings}


class JoinForm(NoCardNumbers, forms.Form):
    """A new account, for who was invited and has none."""

    name = forms.CharField(
        label=_("Your name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = password_field(_("Password"), "new-password", help_text=RULE)
