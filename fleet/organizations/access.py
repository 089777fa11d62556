"""Who somebody is in an organization: asked of the store each time, so that who was removed is out at once."""

from accounts.users import CurrentUser
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Forbidden, NotFound
from fleet.rules.membership import MemberRole, Right, may
from fleet.tables import Operator, Organization, OrganizationUser

MOST_MEMBERSHIPS = 50


def membership(user: CurrentUser, organization_id: str, *, consistent: bool = False) -> OrganizationUser:
    """Theirs in this organization. Raises `NotFound` for outsiders, whether or not there is such an organization."""
    found = OrganizationUser.find(organization_id, user.id, consistent=consistent)
    if found is None:
        raise NotFound
    return found


def member_with(user: CurrentUser, organization_id: str, right: Right, *, consistent: bool = False) -> OrganizationUser:
    """The same, where they must have a right. Raises `NotFound` for outsiders, `Forbidden` for insiders without it."""
    found = membership(user, organization_id, consistent=consistent)
    require(found, right)
    return found


def require(member: OrganizationUser, right: Right) -> None:
    """Raises `Forbidden`."""
    if not may(member.role, right):
        raise Forbidden(f"Your role in this organization ({member.role}) does not allow this.", code="role_forbids")


def memberships(user: CurrentUser) -> list[OrganizationUser]:
    """All of theirs, at most `MOST_MEMBERSHIPS`. One query."""
    return list(OrganizationUser.user_index.query(user.id, limit=MOST_MEMBERSHIPS))


def acting_for(user: CurrentUser) -> OrganizationUser:
    """Their membership in the organization that they act for: the one they chose last; otherwise where they have the
    most to say, and have been longest. Two calls: which ones there are, and that one as it is now.

    Raises `Forbidden` `not_a_member`.
    """
    first = min(memberships(user), key=_precedence, default=None)
    found = OrganizationUser.find(first.organization_id, user.id) if first is not None else None
    if found is None:
        raise Forbidden("You are not a member of any organization.", code="not_a_member")
    return found


def _precedence(member: OrganizationUser) -> tuple[float, int, float]:
    chosen = -member.chosen_at.timestamp() if member.chosen_at else 0.0
    return chosen, list(MemberRole).index(MemberRole(member.role)), member.created_at.timestamp()


def still(tx: Transaction, member: OrganizationUser) -> None:
    """Write only while they are what they were when it was allowed: who is demoted at this moment does nothing more."""
    tx.check(
        OrganizationUser,
        member.organization_id,
        member.user_id,
        condition=OrganizationUser.role == member.role,
        otherwise=Conflict("Your own role was changed meanwhile.", code="role_changed"),
    )


def company_of(organization: Organization) -> Operator | None:
    """The organization's company in the marketplace, strongly consistent."""
    found = Operator.find(organization.operator_id, consistent=True) if organization.operator_id else None
    return found if found is not None and found.organization_id == organization.id else None
