"""The token of an invitation's link: made anew whenever it is needed, stored only as its hash."""

import hashlib
from base64 import urlsafe_b64encode
from secrets import token_hex
from uuid import UUID, uuid5

from django.conf import settings
from django.utils.crypto import salted_hmac

from fleet.organizations.tables import OrganizationInvitation

SALT = "fleet.organizations.invitation"
LONGEST = 64
NAMESPACE = UUID("6f0a3c52-6e1c-4f5e-9f34-0f2b6f0e6a11")


def invitation_id(organization_id: str, email: str) -> str:
    """One invitation per organization and address, without a guard beside it."""
    return str(uuid5(NAMESPACE, f"{organization_id}:{email}"))


def renew(invitation: OrganizationInvitation) -> None:
    """Another token; the one before is void when this is stored."""
    invitation.salt = token_hex(16)
    invitation.token_hash = fingerprint(token_of(invitation))


def token_of(invitation: OrganizationInvitation) -> str:
    digest = salted_hmac(
        SALT, f"{invitation.id}:{invitation.salt}", secret=settings.TOKEN_KEY, algorithm="sha256"
    ).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
