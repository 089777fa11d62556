"""Staff see where somebody is signed in, and end one of it."""

import pytest
from django.test import Client

from accounts.rules.roles import Role, StaffRole
from accounts.tables import Session, User
from tests.bookings.stage import browser
from tests.factories import PASSWORD, UserFactory


@pytest.fixture
def person() -> User:
    return UserFactory.create(role=Role.CONCIERGE)


@pytest.fixture
def theirs(person: User) -> Client:
    """Signed in as people are."""
    client = Client()
    client.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    return client


def end(client: Client, person: User) -> int:
    (row,) = Session.user_index.query(person.id)
    return client.post(f"/admin/accounts/session/{row.id}/actions/end/", {"confirmed": "1"}).status_code


def test_one_browser_is_signed_out_at_once(theirs: Client, person: User) -> None:
    other = Client()
    support = browser(UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT))
    assert end(support, person) == 302
    assert theirs.get("/account/").status_code == 302
    other.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    assert other.get("/account/").status_code == 200


@pytest.mark.parametrize("role", [StaffRole.FINANCE, StaffRole.OPERATIONS])
def test_others_may_not(theirs: Client, person: User, role: StaffRole) -> None:
    staff = browser(UserFactory.create(role=Role.ADMIN, staff_role=role))
    assert end(staff, person) == 403
    assert theirs.get("/account/").status_code == 200


def test_a_colleague_is_not_supports_to_sign_out() -> None:
    colleague = UserFactory.create(role=Role.ADMIN)
    theirs = Client()
    theirs.post("/sign-in/", {"email": colleague.email, "password": PASSWORD})
    end(browser(UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)), colleague)
    assert theirs.get("/account/").status_code == 200
