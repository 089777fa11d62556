"""Members who run the organization's company act for it in the marketplace; nobody else does."""

from accounts.rules.roles import Role
from accounts.services import close_sockets
from accounts.tables import User
from atlas.dynamo.transaction import Transaction
from fleet.rules.membership import ACTS_FOR_COMPANY
from fleet.tables import Organization


def platform_role(role: str) -> Role:
    """Of a new account that comes with an invitation: a driver's opens the driver's pages, every other the office's."""
    return Role.DRIVER if role == "driver" else Role.OPERATOR


def profile_for(role: str, organization: Organization) -> str | None:
    """What a new account acts as."""
    return organization.operator_id if role in ACTS_FOR_COMPANY else None


def follow(tx: Transaction, user: User | None, organization: Organization, role: str | None) -> None:
    """Let a user act for the company, or not any more, as their role has it (None: they are no member now).

    Somebody with another company, or of another platform role, keeps what they are. What they watch is closed, and
    opens again by what they may from now on.
    """
    if user is None:
        return
    tx.on_commit(lambda: close_sockets(user.id))
    if user.role is not Role.OPERATOR or organization.operator_id is None:
        return
    acts = user.profile_id == organization.operator_id
    if role in ACTS_FOR_COMPANY and user.profile_id is None:
        user.profile_id = organization.operator_id
    elif role not in ACTS_FOR_COMPANY and acts:
        user.profile_id = None
    else:
        return
    tx.save(user)
