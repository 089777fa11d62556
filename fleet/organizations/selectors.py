"""Organizations as their members see them."""

from typing import NamedTuple

from accounts import access_log
from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import NotFound
from fleet.organizations.access import member_with, membership, memberships
from fleet.organizations.tables import OrganizationInvitation
from fleet.rules.membership import Right
from fleet.tables import Organization, OrganizationUser


class Belonging(NamedTuple):
    """An organization, and what the asking user is in it."""

    organization: Organization
    role: str

    @property
    def version(self) -> int:
        return int(self.organization.version)


class Person(NamedTuple):
    """A member with their name."""

    member: OrganizationUser
    name: str
    email: str


def organizations_of(user: CurrentUser) -> list[Belonging]:
    """All that the user belongs to. Two calls."""
    mine = memberships(user)
    found = get_many(*((Organization, each.organization_id) for each in mine))
    return [Belonging(organization, each.role) for organization, each in zip(found, mine, strict=True) if organization]


def organization_of(user: CurrentUser, organization_id: str) -> Belonging:
    """Raises `NotFound` for outsiders."""
    member = membership(user, organization_id)
    organization = Organization.find(organization_id)
    if organization is None:
        raise NotFound
    return Belonging(organization, member.role)


def list_members(
    *, user: CurrentUser, organization_id: str, cursor: str | None = None, limit: int = 50
) -> Page[Person]:
    """With their names; one query, one batch. Kept in the access log. Raises `NotFound`, `Forbidden`."""
    member_with(user, organization_id, Right.SEE_MEMBERS)
    page = read_page(
        OrganizationUser.query, organization_id, scope=scope("members", organization_id), cursor=cursor, limit=limit
    )
    users = get_many(*((User, each.user_id) for each in page.items))
    access_log.read(actor=user, resource="members", of=[(f"users:{each.user_id}", each.user_id) for each in page.items])
    people = [
        Person(each, known.name if known else "", known.email if known else "")
        for each, known in zip(page.items, users, strict=True)
    ]
    return Page(people, page.next)


def list_invitations(
    *, user: CurrentUser, organization_id: str, cursor: str | None = None, limit: int = 50
) -> Page[OrganizationInvitation]:
    """Newest first, used and revoked ones too. Raises `NotFound`, `Forbidden`."""
    member_with(user, organization_id, Right.SEE_MEMBERS)
    return read_page(
        OrganizationInvitation.organization_index.query,
        organization_id,
        scan_index_forward=False,
        scope=scope("invitations", organization_id),
        cursor=cursor,
        limit=limit,
    )
