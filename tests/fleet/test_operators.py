"""Companies: founded once, approved by an admin, their profile and prices their own."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.events import UserRegistered
from accounts.rules.roles import Role
from accounts.tables import User
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden
from fleet import handlers, selectors, services
from fleet.examples import PRICING_RULES, SEDAN_RULE
from fleet.factories import MemberFactory, OperatorFactory
from fleet.rules.pricing_rule import DEFAULT_RULES
from fleet.rules.types import OperatorStatus, VehicleCategory
from fleet.tables import Operator, Organization, OrganizationUser
from tests.factories import UserFactory
from tests.fleet.conftest import SignIn, patch, post


def put(api: APIClient, body: Any, **headers: str) -> Any:
    return api.put("/api/v1/operators/me/pricing-rules", body, format="json", headers=headers)


def registered(user: User) -> UserRegistered:
    return UserRegistered(user.id, user.role, user.name, user.email, user.phone)


def test_a_company_is_founded_once_however_often_it_is_told() -> None:
    user = UserFactory.create(role=Role.OPERATOR, password=None)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(handlers.found_operator, [registered(user)] * 8))
    (operator,) = Operator.user_index.query(user.id)
    assert User.fetch(user.id).profile_id == operator.id
    assert operator.status is OperatorStatus.SUSPENDED
    assert operator.company_name == user.name
    assert services.pricing_rules_of(operator) == dict(DEFAULT_RULES)
    (membership,) = OrganizationUser.user_index.query(user.id)
    assert (membership.organization_id, membership.role) == (operator.organization_id, "owner")
    assert Organization.fetch(operator.organization_id).owner_id == user.id


def test_others_who_sign_up_found_nothing() -> None:
    user = UserFactory.create(password=None)
    handlers.found_operator(registered(user))
    assert User.fetch(user.id).profile_id is None
    assert list(Operator.user_index.query(user.id)) == []


def test_an_admin_approves_and_suspends(admin_api: APIClient, sign_in: SignIn) -> None:
    operator = OperatorFactory.create(status=OperatorStatus.SUSPENDED)
    owner = User.fetch(operator.user_id)
    with pytest.raises(Forbidden) as refused:
        selectors.active_operator(owner)
    assert refused.value.code == "operator_suspended"
    for _ in range(2):
        answer = post(admin_api, f"operators/{operator.id}/approve", None)
        assert (answer.status_code, answer.json()["status"]) == (200, "ACTIVE")
    assert selectors.active_operator(owner).id == operator.id
    assert post(sign_in(owner), f"operators/{operator.id}/approve", None).status_code == 403
    assert post(admin_api, f"operators/{operator.id}/suspend", None).json()["status"] == "SUSPENDED"
    assert post(admin_api, "operators/0b9e6a0e-7c52-4e4b-9a5e-111111111111/approve", None).status_code == 404


@pytest.mark.slow
def test_an_admin_sees_who_waits(admin_api: APIClient, api: APIClient) -> None:
    waiting = [OperatorFactory.create(status=OperatorStatus.SUSPENDED).id for _ in range(3)]
    seen: list[str] = []
    cursor = ""
    while not seen or cursor:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = admin_api.get("/api/v1/operators", query).json()
        assert {each["status"] for each in page["results"]} <= {"SUSPENDED"}
        seen += [each["id"] for each in page["results"]]
        cursor = page["next"]
    assert [each for each in seen if each in waiting] == waiting, "oldest first"
    active = admin_api.get("/api/v1/operators", {"status": "ACTIVE", "limit": "100"}).json()["results"]
    assert not {each["id"] for each in active} & set(waiting)
    assert api.get("/api/v1/operators").status_code == 403
    assert admin_api.get("/api/v1/operators", {"status": "GONE"}).status_code == 400


def test_own_profile(api: APIClient, operator: Operator) -> None:
    me = api.get("/api/v1/operators/me")
    assert me.status_code == 200
    assert me.json()["pricingRules"]["SEDAN"]["baseP2P"] == 12_500
    changed = patch(api, "operators/me", {"companyName": "Hafen Limousinen"}, **{"If-Match": me["ETag"]})
    assert changed.status_code == 200, changed.json()
    assert changed.json()["companyName"] == "Hafen Limousinen"
    assert changed.json()["businessLicense"] == operator.business_license
    assert patch(api, "operators/me", {"companyName": "Late"}, **{"If-Match": me["ETag"]}).status_code == 412
    for fixed in ({"status": "ACTIVE"}, {"rating": 5}, {"totalBookings": 9}, {"companyName": ""}):
        assert patch(api, "operators/me", fixed).status_code == 400
    assert Operator.fetch(operator.id).company_name == "Hafen Limousinen"


def test_a_manager_acts_for_the_company(operator: Operator, sign_in: SignIn) -> None:
    membership = MemberFactory.create(operator=operator)
    assert sign_in(membership.user_id).get("/api/v1/operators/me").json()["id"] == operator.id


@pytest.mark.parametrize("role", [Role.CONCIERGE, Role.DRIVER, Role.ADMIN])
def test_only_operators_have_a_company(sign_in: SignIn, role: Role) -> None:
    client = sign_in(UserFactory.create(role=role, password=None))
    for path in ("operators/me", "operators/me/pricing-rules", "vehicles", "drivers"):
        assert client.get(f"/api/v1/{path}").status_code == 403


def test_an_operator_whose_profile_is_still_to_come(sign_in: SignIn) -> None:
    client = sign_in(UserFactory.create(role=Role.OPERATOR, password=None))
    for path in ("operators/me", "vehicles", "drivers"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_operator_profile")


def test_prices_are_replaced_as_a_whole(api: APIClient, operator: Operator) -> None:
    before = api.get("/api/v1/operators/me/pricing-rules")
    assert set(before.json()) == {"SEDAN", "SUV", "SPRINTER", "LIMO"}
    rules = {"SEDAN": SEDAN_RULE | {"perKm": 999, "driverCommissionPct": 0.8, "taxRate": 0}}
    answer = put(api, rules, **{"If-Match": before["ETag"]})
    assert answer.status_code == 200, answer.json()
    assert answer.json() == {**rules, "SUV": None, "SPRINTER": None, "LIMO": None}
    assert api.get("/api/v1/operators/me/pricing-rules").json() == answer.json()
    stored = services.pricing_rules_of(Operator.fetch(operator.id))
    assert set(stored) == {VehicleCategory.SEDAN}
    rule = stored[VehicleCategory.SEDAN]
    assert (rule.per_km, rule.driver_commission_pct, rule.tax_rate) == (999, Decimal("0.8"), Decimal(0))
    assert put(api, rules, **{"If-Match": before["ETag"]}).status_code == 412
    assert put(api, PRICING_RULES.value, **{"If-Match": answer["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hourlyRate": -1}, "SEDAN.hourlyRate"),
        ({"baseP2P": 1.5}, "SEDAN.baseP2P"),
        ({"perKm": 1_000_001}, "SEDAN.perKm"),
        ({"minHours": 25}, "SEDAN.minHours"),
        ({"driverCommissionPct": 1.2}, "SEDAN.driverCommissionPct"),
        ({"taxRate": "0.05"}, "SEDAN.taxRate"),
        ({"hourlyRate": 0, "baseP2P": 0, "perKm": 0}, "SEDAN.hourlyRate"),
        ({"vehicleCategory": "SUV"}, "SEDAN.vehicleCategory"),
        ({"currency": "USD"}, "SEDAN.currency"),
    ],
)
def test_a_faulty_price_is_named_and_nothing_changes(
    api: APIClient, operator: Operator, change: dict[str, Any], field: str
) -> None:
    answer = put(api, {"SEDAN": SEDAN_RULE | change})
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {field}
    assert services.pricing_rules_of(Operator.fetch(operator.id)) == dict(DEFAULT_RULES)


def test_what_it_costs(api: APIClient, admin_api: APIClient, operator: Operator) -> None:
    budgets: dict[str, tuple[Any, int]] = {
        "me": (lambda: api.get("/api/v1/operators/me"), 1),
        "change": (lambda: patch(api, "operators/me", {"companyName": "New"}), 2),
        "prices": (lambda: put(api, {"SEDAN": SEDAN_RULE}), 2),
        "waiting": (lambda: admin_api.get("/api/v1/operators?status=ACTIVE"), 2),
        "suspend": (lambda: post(admin_api, f"operators/{operator.id}/suspend", None), 2),
    }
    for name, (call, calls) in budgets.items():
        with measure() as cost:
            assert call().status_code < 300
        assert (cost.calls, cost.scans) == (calls, 0), (name, cost.operations)
