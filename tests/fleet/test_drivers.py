"""A company's own drivers over the API, and what a driver does for themselves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.events import UserDeleted
from accounts.rules.roles import Role, UserStatus
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import transact
from atlas.errors import AtlasError, Conflict
from atlas.tables import OutboxRow
from fleet import handlers, services
from fleet.events import DriverDismissed
from fleet.examples import DRIVER
from fleet.factories import DriverFactory, OperatorFactory
from fleet.rules.types import DriverStatus
from fleet.tables import Driver, Operator, Vehicle
from tests.factories import PASSWORD, UserFactory
from tests.fleet.conftest import SignIn, patch, post

BODY = {
    "name": "Grace Murray",
    "phone": "+1 212 555 0147",
    "password": PASSWORD,
    "licenseNumber": "NY 882",
    "licenseExpiry": "2030-02-28",
}


def begin(driver: Driver, vehicle: Vehicle) -> None:
    with transact() as tx:
        services.begin_ride(tx=tx, driver_id=driver.id, vehicle_id=vehicle.id, booking_id="b1")


def test_add_see_change(api: APIClient, operator: Operator) -> None:
    added = post(api, "drivers", BODY | {"email": "Grace@Example.com"})
    assert added.status_code == 201, added.json()
    driver = added.json()
    assert "password" not in driver
    assert driver["phone"] == "+12125550147"
    assert driver["licenseExpiry"] == "2030-02-28"
    assert driver["documents"] == {"license": False, "backgroundCheck": False, "insurance": False}
    assert driver["currentLocation"] is None
    user = User.fetch(driver["userId"])
    assert (user.role, user.profile_id, user.email) == (Role.DRIVER, driver["id"], "grace@example.com")
    assert Operator.fetch(operator.id).active_drivers == 1

    path = f"drivers/{driver['id']}"
    changed = patch(api, path, {"licenseExpiry": "2031-02-28", "documents": {"license": True}})
    assert changed.status_code == 200, changed.json()
    assert changed.json()["licenseExpiry"] == "2031-02-28"
    assert changed.json()["licenseNumber"] == "NY 882"
    changed = patch(api, path, {"documents": {"insurance": True}})
    assert changed.json()["documents"] == {"license": True, "backgroundCheck": False, "insurance": True}
    assert api.get(f"/api/v1/{path}").json() == changed.json()
    assert [each["id"] for each in api.get("/api/v1/drivers").json()["results"]] == [driver["id"]]


def test_the_example_of_the_document_works(api: APIClient) -> None:
    answer = post(api, "drivers", {**DRIVER.value, "email": "example.of.the.document@example.com"})
    assert answer.status_code == 201, answer.json()
    assert all(answer.json()["documents"].values())


def test_a_new_driver_signs_in(client: Any, operator: Operator, api: APIClient) -> None:
    post(api, "drivers", BODY | {"email": "new.driver@example.com"})
    answer = client.post(
        "/api/v1/auth/login",
        {"email": "new.driver@example.com", "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.json()
    me = client.get("/api/v1/drivers/me", headers={"Authorization": f"Bearer {answer.json()['accessToken']}"})
    assert (me.status_code, me.json()["operatorId"]) == (200, operator.id)


def test_a_taken_e_mail_leaves_nothing_behind(api: APIClient, operator: Operator) -> None:
    taken = UserFactory.create(password=None)
    answer = post(api, "drivers", BODY | {"email": taken.email.upper()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")
    assert Operator.fetch(operator.id).active_drivers == 0
    assert list(Driver.operator_index.query(operator.id)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"licenseExpiry": "2030-02-30"}, "licenseExpiry"),
        ({"licenseExpiry": "0001-01-01"}, "licenseExpiry"),
        ({"licenseNumber": "\u0000"}, "licenseNumber"),
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"password": "short"}, "password"),
        ({"documents": {"license": "yes"}}, "documents.license"),
        ({"documents": {"visa": True}}, "documents.visa"),
        ({"status": "ONLINE"}, "status"),
    ],
)
def test_bad_input_is_named(api: APIClient, operator: Operator, change: dict[str, Any], field: str) -> None:
    answer = post(api, "drivers", BODY | {"email": "bad.input@example.com"} | change)
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {field}
    assert Operator.fetch(operator.id).active_drivers == 0


def test_another_companys_driver_does_not_exist(api: APIClient, rival: Operator) -> None:
    theirs = DriverFactory.create(operator=rival)
    path = f"drivers/{theirs.id}"
    answers = (
        api.get(f"/api/v1/{path}"),
        patch(api, path, {"licenseNumber": "MINE"}),
        api.delete(f"/api/v1/{path}"),
    )
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert api.get("/api/v1/drivers").json()["results"] == []
    assert Driver.fetch(theirs.id).license_number == theirs.license_number


def test_an_old_version_is_refused(api: APIClient, driver: Driver) -> None:
    path = f"drivers/{driver.id}"
    opened = api.get(f"/api/v1/{path}")["ETag"]
    assert patch(api, path, {"licenseNumber": "ONE"}, **{"If-Match": opened}).status_code == 200
    assert patch(api, path, {"licenseNumber": "TWO"}, **{"If-Match": opened}).status_code == 412
    assert Driver.fetch(driver.id).license_number == "ONE"


def test_a_dismissed_driver_is_out(api: APIClient, operator: Operator, driver: Driver, sign_in: SignIn) -> None:
    theirs = sign_in(driver.user_id)
    assert theirs.get("/api/v1/drivers/me").status_code == 200
    before = {row.id for row in OutboxRow.scan()}
    assert api.delete(f"/api/v1/drivers/{driver.id}").status_code == 204
    assert api.get(f"/api/v1/drivers/{driver.id}").status_code == 404
    assert Operator.fetch(operator.id).active_drivers == 0
    assert theirs.get("/api/v1/drivers/me").json()["error"]["code"] == "no_driver_profile"

    told = [row for row in OutboxRow.scan() if row.id not in before]
    suspended = User.fetch(driver.user_id).status is UserStatus.SUSPENDED
    assert suspended or [row.event for row in told] == ["DriverDismissed"], "told, or kept until it is"
    for _ in range(2):  # facts may come twice
        handlers.suspend_dismissed(DriverDismissed(driver.id, driver.user_id))
        assert User.fetch(driver.user_id).status is UserStatus.SUSPENDED
    handlers.suspend_dismissed(DriverDismissed(driver.id, "gone"))


def test_a_driver_with_rides_before_them_stays(api: APIClient, driver: Driver, vehicle: Vehicle) -> None:
    now = utc_now()
    with transact() as tx:
        services.book_time(
            tx=tx,
            booking_id="b1",
            windows=[(now + timedelta(hours=1), now + timedelta(hours=2))],
            driver_id=driver.id,
            vehicle_id=vehicle.id,
            before=(None, None),
            now=now,
        )
    answer = api.delete(f"/api/v1/drivers/{driver.id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "driver_promised")
    begin(driver, vehicle)
    answer = api.delete(f"/api/v1/drivers/{driver.id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "driver_on_ride")


def test_a_driver_says_whether_they_work(driver: Driver, vehicle: Vehicle, sign_in: SignIn) -> None:
    mine = sign_in(driver.user_id)
    for status in ("ONLINE", "BUSY", "BUSY", "OFFLINE", "ONLINE"):
        answer = post(mine, "drivers/me/status", {"status": status})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    begin(driver, vehicle)
    for status in ("OFFLINE", "ONLINE"):
        answer = post(mine, "drivers/me/status", {"status": status})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "driver_on_ride")
    assert post(mine, "drivers/me/status", {"status": "BUSY"}).status_code == 200
    assert post(mine, "drivers/me/status", {"status": "ASLEEP"}).status_code == 400
    assert Driver.fetch(driver.id).status is DriverStatus.BUSY


def test_ten_at_once_are_all_counted(operator: Operator, owner: User) -> None:
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda _: DriverFactory.create(operator=operator), range(10)))
    assert Operator.fetch(operator.id).active_drivers == 10
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda each: services.dismiss_driver(user=owner, driver_id=each.id), made[:5]))
    assert Operator.fetch(operator.id).active_drivers == 5


def test_one_e_mail_of_two_operators_at_once(rival: Operator, operator: Operator) -> None:
    def add(company: Operator) -> Driver | AtlasError:
        try:
            return DriverFactory.create(operator=company, email=f"both{operator.id}@example.com")
        except AtlasError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(add, (operator, rival)))
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, AtlasError)]
    assert isinstance(lost, Conflict)
    assert lost.code == "email_taken"
    assert Operator.fetch(operator.id).active_drivers + Operator.fetch(rival.id).active_drivers == 1


def test_a_deleted_person_leaves_an_empty_profile(operator: Operator, driver: Driver) -> None:
    services.save_location(
        driver_id=driver.id, location={"lat": 1.0, "lng": 2.0, "heading": 0.0, "speed": 0.0, "timestamp": utc_now()}
    )
    event = UserDeleted(driver.user_id, Role.DRIVER, driver.id)
    for _ in range(2):  # facts may come twice
        handlers.forget_person(event)
        empty = Driver.fetch(driver.id)
        assert (empty.phone, empty.license_number, empty.license_expiry) == ("", "", "")
        assert empty.name == "Deleted user"
        assert (empty.active, bool(empty.current_location)) == (False, False)
        assert Operator.fetch(operator.id).active_drivers == 0


def test_a_company_without_its_owner_is_suspended() -> None:
    operator = OperatorFactory.create()
    handlers.forget_person(UserDeleted("a member", Role.OPERATOR, operator.id))
    assert Operator.fetch(operator.id).status == "ACTIVE"
    handlers.forget_person(UserDeleted(operator.user_id, Role.OPERATOR, operator.id))
    assert Operator.fetch(operator.id).status == "SUSPENDED"
    handlers.forget_person(UserDeleted(operator.user_id, Role.OPERATOR, None))


def test_what_it_costs(api: APIClient, driver: Driver, sign_in: SignIn) -> None:
    mine = sign_in(driver.user_id)
    budgets: dict[str, tuple[Any, int]] = {
        "list": (lambda: api.get("/api/v1/drivers"), 2),  # one more: that they looked at a driver is kept
        "list again": (lambda: api.get("/api/v1/drivers"), 1),  # which is one entry for a quarter of an hour
        "one": (lambda: api.get(f"/api/v1/drivers/{driver.id}"), 2),
        "add": (lambda: post(api, "drivers", BODY | {"email": f"cost{driver.id}@example.com"}), 2),
        "change": (lambda: patch(api, f"drivers/{driver.id}", {"licenseNumber": "NEW"}), 2),
        "me": (lambda: mine.get("/api/v1/drivers/me"), 1),
        "status": (lambda: post(mine, "drivers/me/status", {"status": "ONLINE"}), 2),
    }
    for name, (call, calls) in budgets.items():
        with measure() as cost:
            assert call().status_code < 300
        assert (cost.calls, cost.scans) == (calls, 0), (name, cost.operations)
