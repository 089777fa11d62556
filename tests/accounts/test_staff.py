"""What staff may do: the table of rights as it is read, who may act on whom, and that one superuser stays."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts import services, staff, staffing
from accounts.models import User as UserModel
from accounts.rules.roles import Role, StaffRole, UserStatus
from accounts.tables import User, give_admins_all_rights
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid
from tests.factories import UserFactory

S = StaffRole


def member(role: StaffRole = S.SUPERUSER) -> User:
    user: User = UserFactory.create(role=Role.ADMIN, staff_role=role)
    return user


def concierge() -> User:
    user: User = UserFactory.create()
    return user


@pytest.mark.parametrize(
    ("role", "verb", "table", "allowed"),
    [
        (S.SUPPORT, "refund", "payments.paymenttransaction", False),
        (S.FINANCE, "refund", "payments.paymenttransaction", True),
        (S.OPERATIONS, "refund", "payments.paymenttransaction", False),
        (S.SUPPORT, "cancel", "bookings.booking", True),
        (S.FINANCE, "cancel", "bookings.booking", False),
        (S.OPERATIONS, "approve", "fleet.operator", True),
        (S.SUPPORT, "anonymise", "accounts.user", False),
        (S.SUPERUSER, "anonymise", "accounts.user", True),
        (S.SUPERUSER, "whatever", "nowhere.nothing", True),
        (S.OPERATIONS, "whatever", "nowhere.nothing", False),
    ],
)
def test_the_table_says_who_may(role: StaffRole, verb: str, table: str, allowed: bool) -> None:
    user = member(role)
    assert staff.may(user, verb, table) is allowed
    app, _, model = table.partition(".")
    assert UserModel.from_item(user).has_perm(f"{app}.{verb}_{model}") is allowed


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_has_rights(role: Role) -> None:
    user: Any = UserFactory.create(role=role)
    assert not staff.may(user, "view", "bookings.booking")
    assert not UserModel.from_item(user).has_module_perms("bookings")


def test_who_is_suspended_has_none() -> None:
    user = member()
    user.status = UserStatus.SUSPENDED
    assert not UserModel.from_item(user).has_perm("bookings.view_booking")


def test_a_row_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="Not a row"):
        staff.read_table("header\nbookings.booking view x y .")


def test_an_admin_of_before_may_everything() -> None:
    assert give_admins_all_rights({"role": "ADMIN"})["staffRole"] == "SUPERUSER"
    assert "staffRole" not in give_admins_all_rights({"role": "DRIVER"})


def test_support_acts_on_customers_and_never_on_staff() -> None:
    support, customer, colleague = member(S.SUPPORT), concierge(), member(S.FINANCE)
    assert services.suspend_user(actor=support, user_id=customer.id).status is UserStatus.SUSPENDED
    assert services.reactivate_user(actor=support, user_id=customer.id).status is UserStatus.ACTIVE
    with pytest.raises(Forbidden):
        services.suspend_user(actor=support, user_id=colleague.id)


def test_finance_suspends_nobody() -> None:
    with pytest.raises(Forbidden):
        services.suspend_user(actor=member(S.FINANCE), user_id=concierge().id)


def test_nobody_suspends_or_promotes_themselves() -> None:
    for role in (S.SUPPORT, S.SUPERUSER):
        user = member(role)
        with pytest.raises(Forbidden):
            services.suspend_user(actor=user, user_id=user.id)
        with pytest.raises(Forbidden):
            staffing.change_staff_role(actor=user, user_id=user.id, staff_role=S.SUPERUSER)


def test_a_superuser_changes_roles_and_signs_out() -> None:
    user = member(S.SUPPORT)
    changed = staffing.change_staff_role(actor=member(), user_id=user.id, staff_role=S.FINANCE)
    assert (changed.staff_role, changed.credentials_epoch) == (S.FINANCE, user.credentials_epoch + 1)


def test_only_staff_have_a_staff_role() -> None:
    with pytest.raises(Conflict):
        staffing.change_staff_role(actor=member(), user_id=concierge().id, staff_role=S.FINANCE)


@pytest.fixture
def two_superusers(monkeypatch: pytest.MonkeyPatch) -> tuple[User, User]:
    """As if nobody else were one."""
    for key in list(User.staff_index.query(S.SUPERUSER)):
        other = User.fetch(key.id)
        other.status = UserStatus.SUSPENDED
        other.save()
    return member(), member()


def test_the_last_superuser_stays(two_superusers: tuple[User, User]) -> None:
    first, second = two_superusers
    services.suspend_user(actor=first, user_id=second.id)
    with pytest.raises(Conflict) as suspended:
        services.suspend_user(actor=None, user_id=first.id)
    with pytest.raises(Conflict) as demoted:
        staffing.change_staff_role(actor=None, user_id=first.id, staff_role=S.SUPPORT)
    assert {suspended.value.code, demoted.value.code} == {"last_superuser"}


def test_of_two_who_shut_each_other_out_one_stays(two_superusers: tuple[User, User]) -> None:
    first, second = two_superusers

    def suspend(pair: tuple[User, User]) -> bool:
        try:
            services.suspend_user(actor=pair[0], user_id=pair[1].id)
        except AtlasError:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sum(both.map(suspend, [(first, second), (second, first)])) == 1


def test_staff_are_added_by_a_superuser_and_choose_their_password_themselves() -> None:
    added = staffing.add_user(
        actor=member(), name="Ines Roth", email="ines.roth@example.com", role=Role.ADMIN, staff_role=S.FINANCE
    )
    assert (added.role, added.staff_role) == (Role.ADMIN, S.FINANCE)
    with pytest.raises(Forbidden):
        staffing.add_user(actor=member(S.SUPPORT), name="X", email="x@example.com", role=Role.CONCIERGE)


@pytest.mark.parametrize(("role", "staff_role"), [(Role.DRIVER, None), (Role.ADMIN, None), (Role.CONCIERGE, S.SUPPORT)])
def test_what_does_not_belong_together_is_refused(role: Role, staff_role: StaffRole | None) -> None:
    with pytest.raises(Invalid):
        staffing.add_user(actor=None, name="X Y", email="xy@example.com", role=role, staff_role=staff_role)
