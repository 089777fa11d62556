"""Who may do what to a payment, in one table."""

from enum import StrEnum

from accounts import staff
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.errors import Forbidden, NotFound
from payments import operations
from payments.rules.lifecycle import PaymentAction
from payments.tables import PaymentTransaction


class Party(StrEnum):
    ADMIN = "admin"
    PAYEE = "payee"
    """The operator who drives."""
    PAYER = "payer"
    """The concierge who pays."""


MAY = {
    PaymentAction.CAPTURE: frozenset({Party.ADMIN, Party.PAYEE}),
    PaymentAction.REFUND: frozenset({Party.ADMIN}),
    PaymentAction.VOID: frozenset({Party.ADMIN}),
}


def party_of(user: CurrentUser, row: PaymentTransaction) -> Party | None:
    """The user's part in this payment; None for an outsider."""
    if user.role is Role.ADMIN:
        return Party.ADMIN
    if user.role is Role.OPERATOR and user.profile_id is not None and user.profile_id == row.payee_id:
        return Party.PAYEE
    if user.role is Role.CONCIERGE and user.id == row.payer_id:
        return Party.PAYER
    return None


def may_see(user: CurrentUser, row: PaymentTransaction) -> bool:
    """Whether it is shown to them: a try that came to nothing, or is still asked for, is no matter of the payee's."""
    part = party_of(user, row)
    return part is not None and (part is not Party.PAYEE or operations.has_come_about(row))


def own_payer_id(user: CurrentUser) -> str:
    """Under which their own cards are kept: concierges pay. Raises `Forbidden` for all others."""
    if user.role is not Role.CONCIERGE:
        raise Forbidden("Cards are kept for concierges: they pay for rides.")
    return user.id


def check_party(user: CurrentUser, row: PaymentTransaction) -> Party:
    """Outsiders must not even learn that the payment exists. Raises `NotFound`."""
    party = party_of(user, row)
    if party is None:
        raise NotFound
    return party


def check_may(user: CurrentUser, action: PaymentAction, row: PaymentTransaction) -> None:
    """Raises `NotFound` for an outsider, `Forbidden` for a party, or for staff, without the right."""
    party = check_party(user, row)
    if party not in MAY[action]:
        raise Forbidden
    if party is Party.ADMIN:
        staff.require(user, action, "payments.paymenttransaction")
