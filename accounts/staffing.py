"""Who becomes staff and what they may do, by the right that `accounts.staff` asks for; `actor` None is the platform.

Two rules hold whoever asks: nobody changes their own role, and one superuser stays (`accounts.superusers`).
"""

from accounts import staff, superusers
from accounts.rules.roles import Role, StaffRole
from accounts.services import change_and_sign_out, create_user
from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Invalid


def change_staff_role(*, actor: CurrentUser | None, user_id: str, staff_role: StaffRole) -> User:
    """Other rights, from the next sign-in on: they are signed out. Of an ADMIN only.

    Raises `Forbidden` (one's own too), `Conflict` (`last_superuser`, `not_staff`).
    """

    def change(item: User, tx: Transaction) -> None:
        staff.require(actor, "change_staff_role", staff.ON_PEOPLE, item)
        if item.role is not Role.ADMIN:
            raise Conflict("Only staff have a staff role.", code="not_staff")
        if staff_role is not StaffRole.SUPERUSER:
            superusers.keep_one(tx, item)
        item.staff_role = staff_role

    return change_and_sign_out(user_id, change)


def add_user(
    *,
    actor: CurrentUser | None,
    name: str,
    email: str,
    phone: str = "",
    role: Role,
    staff_role: StaffRole | None = None,
) -> User:
    """An account that nobody can sign in to before they have set a password by the letter that is sent to them.

    Drivers and operators come with their profile, by the services of fleet. Raises `Forbidden`, `Invalid`, `Conflict`.
    """
    staff.require(actor, "add", staff.ON_PEOPLE)
    if role not in (Role.CONCIERGE, Role.ADMIN):
        raise Invalid(fields={"role": ["Companies register by themselves; drivers are added by their company."]})
    if (role is Role.ADMIN) != (staff_role is not None):
        raise Invalid(fields={"staffRole": ["Staff have one, nobody else has."]})
    return create_user(name=name, email=email, phone=phone, password=None, role=role, staff_role=staff_role)
