"""The shapes of organizations, members and invitations on the wire."""

from enum import StrEnum
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework.serializers import SerializerMethodField

from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.rules.contact import LONGEST_NAME
from accounts.strength import RULE
from atlas.api.fields import Choice, Email, FreeText, Id, Instant, Integer, Secret, Text, TimeZone
from atlas.api.serializers import Serializer, wire_name
from atlas.dynamo.attributes import utc_now
from fleet.organizations.invitations import is_open
from fleet.organizations.selectors import Belonging
from fleet.organizations.settings import settings_of
from fleet.organizations.tables import InvitationStatus, OrganizationInvitation
from fleet.organizations.tokens import LONGEST as LONGEST_TOKEN
from fleet.rules.membership import INVITABLE, MemberRole

LONGEST_ORGANIZATION_NAME = 120
DAY = 24 * 60


class Units(StrEnum):
    METRIC = "METRIC"
    IMPERIAL = "IMPERIAL"


class InvitationState(StrEnum):
    """EXPIRED is a pending one whose time has run out."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class OrganizationSettingsSerializer(Serializer):
    """What is given changes; null takes a setting back to its default."""

    timezone = TimeZone(required=False, allow_null=True, help_text="In which its days begin; UTC without one.")
    units = Choice(Units, required=False, help_text="METRIC without one.")
    alert_minutes = Integer(
        min_value=1,
        max_value=DAY,
        required=False,
        allow_null=True,
        help_text="After so many minutes an alert that nobody acknowledged goes to the owner and the admins.",
    )


class OrganizationSerializer(Serializer):
    """A tenant, and what you are in it."""

    id = Id(read_only=True, source="organization.id")
    name = Text(read_only=True, source="organization.name")
    owner_id = Id(read_only=True, source="organization.owner_id")
    operator_id = Id(read_only=True, allow_null=True, source="organization.operator_id")
    settings = SerializerMethodField(help_text="Those that are set.")
    role = Choice(MemberRole, read_only=True, help_text="Yours.")
    created_at = Instant(read_only=True, source="organization.created_at")
    updated_at = Instant(read_only=True, source="organization.updated_at")

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_settings(self, found: Belonging) -> dict[str, Any]:
        return settings_of(found.organization)


class OrganizationChangeSerializer(Serializer):
    name = FreeText(max_length=LONGEST_ORGANIZATION_NAME, required=False)
    settings = OrganizationSettingsSerializer(required=False)

    def validate_settings(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Kept under their names on the wire."""
        return {wire_name(name): getattr(value, "value", value) for name, value in settings.items()}


class MemberSerializer(Serializer):
    user_id = Id(read_only=True, source="member.user_id")
    name = Text(read_only=True)
    email = Text(read_only=True)
    role = Choice(MemberRole, read_only=True, source="member.role")
    joined_at = Instant(read_only=True, source="member.created_at")


class MembershipSerializer(Serializer):
    """A role in an organization."""

    organization_id = Id(read_only=True)
    user_id = Id(read_only=True)
    role = Choice(MemberRole, read_only=True)
    joined_at = Instant(read_only=True, source="created_at")


class RoleSerializer(Serializer):
    role = Choice(INVITABLE)


class TransferSerializer(Serializer):
    user_id = Id(help_text="A member, who runs no other company.")


class NewInvitationSerializer(Serializer):
    email = Email()
    role = Choice(INVITABLE)


class InvitationSerializer(Serializer):
    id = Id(read_only=True)
    organization_id = Id(read_only=True)
    email = Text(read_only=True)
    role = Choice(MemberRole, read_only=True)
    status = SerializerMethodField(method_name="state_of")
    invited_by = Id(read_only=True)
    invited_at = Instant(read_only=True)
    expires_at = Instant(read_only=True)

    @extend_schema_field({"type": "string", "enum": [state.value for state in InvitationState]})
    def state_of(self, invitation: OrganizationInvitation) -> str:
        return state_of(invitation)


class AcceptInvitationSerializer(Serializer):
    token = Secret(max_length=LONGEST_TOKEN, help_text="Of the link in the letter.")


class JoinSerializer(AcceptInvitationSerializer):
    name = FreeText(max_length=LONGEST_NAME)
    password = Secret(max_length=LONGEST_PASSWORD, help_text=RULE)


def state_of(invitation: OrganizationInvitation) -> str:
    """As people are told it."""
    if invitation.status is InvitationStatus.PENDING and not is_open(invitation, utc_now()):
        return InvitationState.EXPIRED.value
    return invitation.status.value
