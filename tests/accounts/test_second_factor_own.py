"""One's own second factor over the API: new recovery codes, switching it off, help for who lost it, staff who must."""

from typing import Any

import pytest

from accounts import sign_in, staff
from accounts.rules.roles import Role, StaffRole
from accounts.second_factor import codes, services
from accounts.tables import SecondFactor, User
from atlas.errors import Forbidden
from tests.accounts.test_second_factor import MINE, app, call, error_code, login
from tests.authenticator import HERE, Authenticator, current_code
from tests.factories import PASSWORD, UserFactory, bearer

__all__ = ["app"]


# What can be done with it


def as_ada(app: Authenticator) -> dict[str, str]:
    """Headers of a new sign-in with a code."""
    return {"Authorization": f"Bearer {sign_in.enter(app.user, origin=HERE).access_token}"}


def test_new_recovery_codes(ada: User, app: Authenticator) -> None:
    path, headers = f"{MINE}/recovery-codes", as_ada(app)
    assert error_code(call("post", path, {"password": "x", "code": app.code()}, headers)) == "wrong_password"
    assert error_code(call("post", path, {"password": PASSWORD, "code": "000"}, headers)) == "wrong_code"
    found = call("post", path, {"password": PASSWORD, "code": app.code()}, headers).json()["recoveryCodes"]
    assert (len(found), set(found) & set(app.recovery_codes)) == (10, set())
    assert not codes.spend(ada.id, app.recovery_codes[0])
    assert codes.spend(ada.id, found[0])


def test_switching_it_off(ada: User, app: Authenticator) -> None:
    headers = as_ada(app)
    assert error_code(call("delete", MINE, {"password": PASSWORD, "code": "x"}, headers)) == "wrong_code"
    assert error_code(call("delete", MINE, {"password": "x", "code": app.code()}, headers)) == "wrong_password"
    assert call("delete", MINE, None, headers).status_code == 400
    assert login(ada).status_code == 401
    assert call("delete", MINE, {"password": PASSWORD, "code": app.recovery_codes[3]}, headers).status_code == 204
    assert login(ada).status_code == 200
    assert SecondFactor.find(ada.id, consistent=True) is None
    again = call("delete", MINE, {"password": PASSWORD, "code": app.recovery_codes[4]}, headers)
    assert (again.status_code, error_code(again)) == (409, "second_factor_inactive")


def test_codes_of_an_open_session_are_not_guessed_either(app: Authenticator) -> None:
    headers = as_ada(app)
    body = {"password": PASSWORD, "code": "0"}
    found = [call("delete", MINE, body, headers).status_code for _ in range(9)]
    assert found == [400] * 8 + [429]


def test_who_has_lost_everything_is_helped_by_a_superuser(ada: User, app: Authenticator) -> None:
    headers = as_ada(app)
    for role in (StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.OPERATIONS):
        with pytest.raises(Forbidden):
            services.reset(actor=UserFactory.create(role=Role.ADMIN, staff_role=role), user_id=ada.id)
    with pytest.raises(Forbidden):
        services.reset(actor=app.user, user_id=ada.id)
    boss = UserFactory.create(role=Role.ADMIN)
    assert staff.may(boss, "reset_second_factor", staff.ON_PEOPLE, app.user)
    with pytest.raises(Forbidden):
        services.reset(actor=boss, user_id=boss.id)  # one's own goes with password and code alone
    services.reset(actor=boss, user_id=ada.id)
    assert SecondFactor.find(ada.id, consistent=True) is None
    assert call("get", "/api/v1/me", headers=headers).status_code == 401
    assert login(ada).status_code == 200


# Required of staff


@pytest.fixture
def strict(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True


@pytest.mark.usefixtures("strict")
def test_staff_without_one_can_do_nothing_else(ada: User) -> None:
    nora = UserFactory.create(role=Role.ADMIN)
    headers = bearer(nora)
    for verb, path in (("get", "/api/v1/me"), ("patch", "/api/v1/me"), ("get", "/api/v1/me/sessions")):
        answer = call(verb, path, {"name": "x"}, headers)
        assert (answer.status_code, error_code(answer)) == (403, "second_factor_enrolment_required")
    assert call("get", MINE, headers=headers).json()["mandatory"] is True
    setup = call("post", MINE, {"password": PASSWORD}, headers).json()
    confirm = call("post", f"{MINE}/confirm", {"code": current_code(setup["secret"])}, headers)
    assert confirm.status_code == 200
    assert call("get", "/api/v1/me", headers=headers).status_code == 200
    assert call("get", "/api/v1/me", headers=bearer(ada)).status_code == 200  # of nobody else


@pytest.mark.usefixtures("strict")
def test_staff_without_one_may_leave() -> None:
    assert call("post", "/api/v1/auth/logout", None, bearer(UserFactory.create(role=Role.ADMIN))).status_code == 204
