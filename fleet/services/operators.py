"""A company's life on the platform: founded when its user signs up, approved, suspended; its profile."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from accounts import staff
from accounts.rules.roles import UserStatus
from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from fleet.rules.membership import MemberRole
from fleet.rules.pricing_rule import DEFAULT_RULES
from fleet.rules.types import OperatorStatus
from fleet.selectors import own_operator
from fleet.services.pricing import stored_rules
from fleet.tables import Operator, Organization, OrganizationUser


@retried
def found_operator(*, user_id: str, company_name: str) -> Operator | None:
    """The profile, the organization and its owner's membership of a user who signed up as OPERATOR, all or nothing.

    It starts SUSPENDED, with the default prices. Founding it again, or at the same time, changes nothing and gives
    None: the user's own version, and the profile it names, decide.
    """
    user = User.fetch(user_id)
    if user.profile_id or user.status is UserStatus.DELETED:
        return None
    organization = Organization(id=str(uuid4()), name=company_name, owner_id=user.id)
    operator = Operator(
        id=str(uuid4()),
        user_id=user.id,
        organization_id=organization.id,
        company_name=company_name,
        pricing_rules=stored_rules(DEFAULT_RULES),
        status=OperatorStatus.SUSPENDED,
    )
    user.profile_id = organization.operator_id = operator.id
    with transact() as tx:
        tx.create(organization)
        tx.create(OrganizationUser(organization_id=organization.id, user_id=user.id, role=MemberRole.OWNER))
        tx.create(operator)
        tx.save(user)
    return operator


@retried
def change_operator(*, user: CurrentUser, check: Callable[[Operator], None] | None = None, **changes: Any) -> Operator:
    """Change `company_name` and `business_license`: what is given.

    `check` may refuse the company as it is now: the edge's `If-Match`.
    """
    operator = own_operator(user, consistent=True)
    if check is not None:
        check(operator)
    for name in ("company_name", "business_license"):
        if name in changes:
            setattr(operator, name, changes[name])
    with transact() as tx:
        tx.save(operator)
    return operator


def approve_operator(*, user: CurrentUser, operator_id: str) -> Operator:
    """ADMIN lets a company do business: it sees open requests and quotes them."""
    staff.require(user, "approve", "fleet.operator")
    return _set_status(operator_id, OperatorStatus.ACTIVE)


def suspend_operator(*, user: CurrentUser, operator_id: str) -> Operator:
    """ADMIN stops a company from quoting. What it has promised stays promised; its people can still sign in."""
    staff.require(user, "suspend", "fleet.operator")
    return _set_status(operator_id, OperatorStatus.SUSPENDED)


def close_operator(*, operator_id: str, user_id: str) -> None:
    """Its owner's account was deleted: it quotes no more. Another member's deletion changes nothing."""
    operator = Operator.find(operator_id, consistent=True)
    if operator is not None and operator.user_id == user_id:
        _set_status(operator_id, OperatorStatus.SUSPENDED)


@retried
def _set_status(operator_id: str, status: OperatorStatus) -> Operator:
    operator = Operator.fetch(operator_id)
    if operator.status is not status:
        operator.status = status
        with transact() as tx:
            tx.save(operator)
    return operator
