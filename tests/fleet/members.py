"""Members of the cast's organization."""

from uuid import uuid4

from accounts.tables import User
from fleet.factories import MemberFactory
from fleet.organizations import invitations
from fleet.organizations.tables import OrganizationInvitation
from fleet.tables import OrganizationUser
from tests.bookings.stage import Cast


def org(cast: Cast) -> str:
    return str(cast.operator.organization_id)


def member(cast: Cast, role: str, password: str | None = None) -> User:
    return User.fetch(MemberFactory.create(operator=cast.operator, role=role, password=password).user_id)


def role_of(cast: Cast, user: User) -> str | None:
    found = OrganizationUser.find(org(cast), user.id, consistent=True)
    return found.role if found else None


def owners(cast: Cast) -> list[str]:
    return [each.user_id for each in OrganizationUser.query(org(cast), consistent_read=True) if each.role == "owner"]


def invited(cast: Cast, email: str | None = None, role: str = "manager") -> OrganizationInvitation:
    address = email or f"{uuid4().hex}@example.com"
    return invitations.invite(user=cast.owner, organization_id=org(cast), email=address, role=role)
