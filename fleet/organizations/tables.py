"""Invitations into organizations. The organization and its members are in `fleet.tables`."""

from enum import StrEnum

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail


class InvitationStatus(StrEnum):
    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"


class InvitationsByToken(GlobalSecondaryIndex["OrganizationInvitation"]):
    class Meta:
        index_name = "token-index"
        projection = KeysOnlyProjection()

    token_hash = UnicodeAttribute(hash_key=True, attr_name="tokenHash")


class InvitationsByOrganization(GlobalSecondaryIndex["OrganizationInvitation"]):
    class Meta:
        index_name = "organization-index"
        projection = AllProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    invited_at = InstantAttribute(range_key=True, attr_name="invitedAt")


class InvitationsByEmail(GlobalSecondaryIndex["OrganizationInvitation"]):
    class Meta:
        index_name = "email-index"
        projection = KeysOnlyProjection()

    email = UnicodeAttribute(hash_key=True)


class OrganizationInvitation(Table):
    """Somebody is asked to join, by e-mail. One per organization and address: its id is made of both.

    - one of them, is this address invited already: GetItem `id`
    - whose link is this: `token-index`, then GetItem
    - the invitations of an organization: `organization-index`, newest first
    - what is kept of a person (export, erasure): `email-index`
    """

    class Meta(Schema):
        name = "organization-invitations"
        retention = "30 days after it has run out (TTL)"
        personal = True
        trail = Trail(
            about=lambda invitation: invitation.accepted_by,
            plain=frozenset({"role", "status", "organizationId", "invitedBy", "acceptedBy", "expiresAt"}),
            passing=frozenset({"purgeAt"}),
            secret=frozenset({"tokenHash", "salt"}),
        )

    id = UnicodeAttribute(hash_key=True)
    organization_id = UnicodeAttribute(attr_name="organizationId")
    email = UnicodeAttribute()
    """Lower case. Only who has this address may accept."""
    role = UnicodeAttribute()
    """admin, manager, driver or viewer."""
    status = UnicodeEnumAttribute(InvitationStatus, default=InvitationStatus.PENDING)
    invited_by = UnicodeAttribute(attr_name="invitedBy")
    invited_at = InstantAttribute(attr_name="invitedAt")
    expires_at = InstantAttribute(attr_name="expiresAt")
    salt = UnicodeAttribute()
    """Another one with each letter: the link of the letter before is void."""
    token_hash = UnicodeAttribute(attr_name="tokenHash")
    """SHA-256 of the token, which is stored nowhere: it is made of the id, the salt and `TOKEN_KEY`."""
    accepted_by = UnicodeAttribute(attr_name="acceptedBy", null=True)
    purge_at = TTLAttribute(attr_name="purgeAt")

    token_index = InvitationsByToken()
    organization_index = InvitationsByOrganization()
    email_index = InvitationsByEmail()
