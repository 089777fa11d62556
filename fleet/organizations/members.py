"""Members: their roles, how they go, and who the owner is. Every change holds only while who asks still may."""

from collections.abc import Callable

from accounts import staff
from accounts.rules.roles import Role, UserStatus
from accounts.services import close_sockets
from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from fleet.assignments.people import assignments_of
from fleet.assignments.tables import DriverAssignment
from fleet.organizations.access import company_of, member_with, membership, still
from fleet.organizations.profile import follow
from fleet.rules.membership import INVITABLE, MemberRole, Right
from fleet.tables import Organization, OrganizationUser


@retried
def change_role(
    *,
    user: CurrentUser,
    organization_id: str,
    user_id: str,
    role: str,
    check: Callable[[OrganizationUser], None] | None = None,
) -> OrganizationUser:
    """Another role for a member, at once. `check` may refuse the membership as it is now: the edge's `If-Match`.

    Raises `Invalid` for `owner`, `Conflict` `owner_stays` for who has it: ownership is handed over instead.
    """
    asks = member_with(user, organization_id, Right.CHANGE_MEMBERS, consistent=True)
    member = _member(organization_id, user_id)
    if check is not None:
        check(member)
    if role not in INVITABLE:
        raise Invalid(fields={"role": ["Ownership is handed over, not given."]})
    _not_the_owner(member)
    if member.role == role:
        return member
    organization = Organization.fetch(organization_id)
    member.role = MemberRole(role)
    with transact() as tx:
        if asks.user_id != user_id:
            still(tx, asks)
        tx.save(member)
        follow(tx, User.find(user_id, consistent=True), organization, role)
    return member


@retried
def remove_member(*, user: CurrentUser, organization_id: str, user_id: str) -> None:
    """Out at once. Who names themselves leaves, whatever their role; the owner cannot (`Conflict` `owner_stays`)."""
    if user_id == user.id:
        asks = member = membership(user, organization_id, consistent=True)
    else:
        asks = member_with(user, organization_id, Right.CHANGE_MEMBERS, consistent=True)
        member = _member(organization_id, user_id)
    _not_the_owner(member)
    organization = Organization.fetch(organization_id)
    with transact() as tx:
        if asks is not member:
            still(tx, asks)
        go(tx, member, organization, User.find(user_id, consistent=True))


@retried
def choose_organization(*, user: CurrentUser, organization_id: str) -> OrganizationUser:
    """Act for this one of one's organizations from now on. Raises `NotFound`."""
    member = membership(user, organization_id, consistent=True)
    member.chosen_at = utc_now()
    with transact() as tx:
        tx.save(member)
        tx.on_commit(lambda: close_sockets(user.id))
    return member


def go(tx: Transaction, member: OrganizationUser, organization: Organization, user: User | None) -> None:
    """A membership ends, and what was the member's by it."""
    tx.delete(member)
    for assignment in assignments_of(member.user_id, member.organization_id):
        stored = DriverAssignment.find(assignment.organization_id, assignment.id, consistent=True)
        if stored is not None:
            tx.delete(stored)
    follow(tx, user, organization, None)


def transfer_ownership(*, user: CurrentUser, organization_id: str, user_id: str) -> Organization:
    """The owner makes another member the owner and is an admin from then on.

    Raises `Conflict` `cannot_own` for who cannot run the organization's company: another company's, or no operator.
    """

    def allowed(organization: Organization) -> None:
        member_with(user, organization_id, Right.TRANSFER, consistent=True)
        if organization.owner_id != user.id:
            raise Forbidden("Only its owner hands an organization over.", code="role_forbids")

    return _transfer(organization_id, user_id, allowed)


def appoint_owner(*, user: CurrentUser, organization_id: str, user_id: str) -> Organization:
    """Staff do the same where the owner is gone."""
    staff.require(user, "transfer", "fleet.organization")
    return _transfer(organization_id, user_id, lambda _: None)


@retried
def _transfer(organization_id: str, user_id: str, allowed: Callable[[Organization], None]) -> Organization:
    """All of it under the organization's version: of two transfers at once the later one finds another owner."""
    organization = Organization.find(organization_id, consistent=True)
    if organization is None:
        raise NotFound
    allowed(organization)
    member = _member(organization_id, user_id)
    if organization.owner_id == user_id:
        return organization
    heir = User.find(user_id, consistent=True)
    before = OrganizationUser.find(organization_id, organization.owner_id, consistent=True)
    company = company_of(organization)
    if heir is None or heir.status is not UserStatus.ACTIVE or not _may_run(heir, company.id if company else None):
        raise Conflict(
            "They cannot run this company: their account is not active, of another kind, or runs another company.",
            code="cannot_own",
        )
    organization.owner_id = user_id
    member.role = MemberRole.OWNER
    with transact() as tx:
        tx.save(organization)
        tx.save(member)
        if before is not None:
            before.role = MemberRole.ADMIN
            tx.save(before)
        if company is not None:
            company.user_id = user_id
            tx.save(company)
        follow(tx, heir, organization, MemberRole.OWNER)
    return organization


def _may_run(heir: User, operator_id: str | None) -> bool:
    return operator_id is None or (heir.role is Role.OPERATOR and heir.profile_id in (None, operator_id))


def _member(organization_id: str, user_id: str) -> OrganizationUser:
    found = OrganizationUser.find(organization_id, user_id, consistent=True) if user_id else None
    if found is None:
        raise NotFound("Nobody of this organization has this id.")
    return found


def _not_the_owner(member: OrganizationUser) -> None:
    if member.role == MemberRole.OWNER:
        raise Conflict("An organization has an owner: hand the ownership over first.", code="owner_stays")
