"""The back office tells a VIN to whom may know it and says why, and keeps it nowhere."""

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from accounts.tables import Session, User
from telemetry.services import give_vin
from tests.bookings.stage import Cast, browser, make_cast
from tests.telemetry.numbers import new_vin

REASON = "Police report 24-1187, stolen vehicle"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def vin() -> str:
    return new_vin()


@pytest.fixture
def pvin(cast: Cast, vin: str) -> str:
    return str(give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=vin).pvin)


@pytest.fixture
def staff(cast: Cast) -> Client:
    return browser(cast.admin)


def page(pvin: str) -> str:
    return f"/admin/telemetry/vinmapping/{pvin}/resolve/"


def test_with_a_reason_it_is_told_once(staff: Client, pvin: str, vin: str) -> None:
    assert page(pvin) in staff.get(f"/admin/telemetry/vinmapping/{pvin}/change/").content.decode()
    assert vin not in staff.get(page(pvin)).content.decode()
    told = staff.post(page(pvin), {"reason": REASON})
    assert vin in told.content.decode()
    assert "no-store" in told["Cache-Control"]
    assert all(vin not in cookie.value for cookie in told.cookies.values())
    assert all(vin not in str(item.to_dynamodb_dict()) for item in Session.scan())


@pytest.mark.parametrize("reason", ["", "because", " " * 30])
def test_without_one_it_is_not(staff: Client, pvin: str, vin: str, reason: str) -> None:
    refused = staff.post(page(pvin), {"reason": reason})
    assert refused.status_code == 400
    assert vin not in refused.content.decode()


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.OPERATIONS])
def test_other_staff_may_not_ask(cast: Cast, pvin: str, role: StaffRole) -> None:
    cast.admin.update(actions=[User.staff_role.set(role)])
    assert browser(cast.admin).post(page(pvin), {"reason": REASON}).status_code == 403


@pytest.mark.parametrize("key", ["0" * 64, "nothing", "../..", "a'b\"c", "\u2603"])
def test_of_nothing_there_is_no_page(staff: Client, key: str) -> None:
    assert staff.get(page(key)).status_code in (302, 404)
