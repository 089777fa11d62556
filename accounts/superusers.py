"""One superuser stays, whoever shuts whom out: else nobody could give the rights back."""

from accounts.rules.roles import Role, StaffRole, UserStatus
from accounts.tables import User
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict

LOOKED_AT = 50
"""Superusers among whom another active one is looked for."""


def keep_one(tx: Transaction, leaving: User) -> None:
    """Raise `Conflict` when `leaving` is the last superuser; else let `tx` hold only while another one is.

    So of two superusers who shut each other out at the same instant, one stays.
    """
    if not _is_active_superuser(leaving):
        return
    for key in User.staff_index.query(StaffRole.SUPERUSER, limit=LOOKED_AT):
        other = User.find(key.id, consistent=True) if key.id != leaving.id else None
        if other is not None and _is_active_superuser(other):
            stays = (User.status == UserStatus.ACTIVE) & (User.staff_role == StaffRole.SUPERUSER)
            tx.check(User, other.id, condition=stays)
            return
    raise Conflict("This is the last superuser. Make somebody else one first.", code="last_superuser")


def _is_active_superuser(item: User) -> bool:
    return (item.role, item.staff_role, item.status) == (Role.ADMIN, StaffRole.SUPERUSER, UserStatus.ACTIVE)
