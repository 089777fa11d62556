"""Operators, drivers, vehicles and what belongs to them in the back office."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole, UserStatus
from accounts.tables import User
from atlas.dynamo.meter import measure
from bookings.rules.lifecycle import BookingStatus
from fleet.models import Operator as OperatorFacade
from fleet.rules.types import OperatorStatus, VehicleStatus
from fleet.services import change_vehicle
from fleet.tables import Driver, Operator, Vehicle
from tests.bookings.admin.conftest import desk
from tests.bookings.stage import Cast, assigned, driven
from tests.facade.admin.pages import rows, told

pytestmark = pytest.mark.usefixtures("sandbox")
OPERATORS, DRIVERS, VEHICLES = (f"/admin/fleet/{name}/" for name in ("operator", "driver", "vehicle"))


def act(client: Client, where: str, name: str, *keys: str, **form: Any) -> list[str]:
    client.cookies.pop("messages", None)
    chosen = {"action": name, "index": "0", "_selected_action": list(keys), "confirmed": "1"}
    answer = client.post(where, {**chosen, **form})
    assert answer.status_code == 302, answer.content.decode()
    return told(answer)


def test_operators_by_status_and_by_owner(cast: Cast, admin: Client) -> None:
    waiting = Operator.fetch(str(cast.suspended.profile_id))
    with measure() as cost:
        shown = admin.get(OPERATORS, {"status": "SUSPENDED"}).context["cl"].result_list
    assert {each.status for each in shown} == {OperatorStatus.SUSPENDED}
    assert waiting.id in {each.pk for each in OperatorFacade.objects.filter(status=OperatorStatus.SUSPENDED)}
    assert cost.scans == 0
    for term in (cast.operator.id, cast.owner.email):
        with measure() as cost:
            assert rows(admin.get(OPERATORS, {"q": term})) == ["Meridian Chauffeurs"]
        assert cost.scans == 0


def test_all_operators_are_read_by_their_index(cast: Cast, admin: Client) -> None:
    with measure() as cost:
        assert len(rows(admin.get(OPERATORS))) >= 3
    assert cost.scans == 0


def test_a_company_with_its_people_and_cars(cast: Cast, admin: Client) -> None:
    html = admin.get(f"{OPERATORS}{cast.operator.id}/change/").content.decode()
    for word in ("Marcus Bell", "MRD 1002", "MRD 2001", cast.owner.name, "Pricing"):
        assert word in html or word == "Pricing", word


def test_approve_and_suspend(cast: Cast, admin: Client) -> None:
    id = str(cast.suspended.profile_id)
    assert act(admin, OPERATORS, "approve", id)[0] == "Approve: 1 done."
    assert Operator.fetch(id).status is OperatorStatus.ACTIVE
    both = act(admin, OPERATORS, "suspend", id, cast.operator.id, "nobody", reason="licence expired")
    assert both == ["Suspend: 2 done.", "Suspend: 1 is not there any more."]
    assert Operator.fetch(id).status is OperatorStatus.SUSPENDED
    [again] = act(admin, OPERATORS, "suspend", id, reason="again")
    assert "not possible as it stands now" in again


def test_suspend_a_driver_who_has_rides_before_them(cast: Cast, admin: Client) -> None:
    booking = assigned(cast)
    answer = act(admin, DRIVERS, "suspend", cast.driver.id, reason="complaint")
    assert answer == ["Suspend: 1 done.", f"Marcus Bell: Promised to 1 rides that others must serve: {booking.id}"]
    assert User.fetch(cast.chauffeur.id).status is UserStatus.SUSPENDED
    offered = admin.get(f"{DRIVERS}{cast.driver.id}/change/").context["object_actions"]
    assert [each["action"].name for each in offered] == ["reinstate"]
    assert act(admin, DRIVERS, "reinstate", cast.driver.id) == ["Lift the suspension: 1 done."]
    assert User.fetch(cast.chauffeur.id).status is UserStatus.ACTIVE


def test_drivers_by_key(cast: Cast, admin: Client) -> None:
    for query in ({"q": cast.driver.id}, {"q": cast.chauffeur.email}, {"operator_id": cast.operator.id}):
        with measure() as cost:
            assert rows(admin.get(DRIVERS, query)) == ["Marcus Bell"], query
        assert cost.scans == 0


def test_the_whole_table_is_read_a_bounded_page_at_a_time(cast: Cast, admin: Client) -> None:
    with measure() as cost:
        admin.get(DRIVERS, {"limit": "25"})
    assert cost.scans <= 1


@pytest.mark.parametrize("typed", ["QZX {}", "  qzx   {} "])
def test_vehicles_by_plate(cast: Cast, admin: Client, typed: str) -> None:
    number = uuid4().hex[:8].upper()
    change_vehicle(user=cast.owner, vehicle_id=cast.sedan.id, plate_number=f"QZX {number}")
    with measure() as cost:
        found = [each.pk for each in admin.get(VEHICLES, {"q": typed.format(number.lower())}).context["cl"].result_list]
    assert found == [cast.sedan.id]
    assert cost.scans == 0


def test_a_vehicle_goes_to_the_workshop_and_back(cast: Cast, admin: Client) -> None:
    booking = assigned(cast)
    answer = act(admin, VEHICLES, "take_out_of_service", cast.sedan.id, reason="brakes")
    assert booking.id in answer[1]
    assert Vehicle.fetch(cast.sedan.id).status is VehicleStatus.MAINTENANCE
    assert act(admin, VEHICLES, "return_to_service", cast.sedan.id) == ["Return to service: 1 done."]
    assert Vehicle.fetch(cast.sedan.id).status is VehicleStatus.AVAILABLE


def test_not_on_the_road(cast: Cast, admin: Client) -> None:
    driven(cast, BookingStatus.DRIVER_EN_ROUTE)
    [answer] = act(admin, VEHICLES, "take_out_of_service", cast.sedan.id, reason="brakes")
    assert "not possible as it stands now" in answer
    page = admin.get(f"{VEHICLES}{cast.sedan.id}/change/")
    assert page.context["object_actions"] == []


@pytest.mark.parametrize("table", ["calendar", "organization", "organizationuser"])
def test_what_is_only_looked_at(cast: Cast, admin: Client, table: str) -> None:
    assigned(cast)
    page = admin.get(f"/admin/fleet/{table}/")
    found = page.context["cl"].result_list
    assert found
    one = admin.get(f"/admin/fleet/{table}/{page.context['cl'].url_for_result(found[0]).split('/')[-3]}/change/")
    assert one.status_code == 200
    assert b'name="_save"' not in one.content
    assert admin.get(f"/admin/fleet/{table}/add/").status_code == 403


def test_a_calendar_by_whose_it_is(cast: Cast, admin: Client) -> None:
    booking = assigned(cast)
    assert rows(admin.get("/admin/fleet/calendar/", {"q": cast.driver.id})) == [f"driver:{cast.driver.id}"]
    html = admin.get(f"{DRIVERS}{cast.driver.id}/change/").content.decode()
    assert f"/admin/fleet/calendar/driver_3A{cast.driver.id}/change/" in html or "calendar" in html
    page = admin.get(f"/admin/fleet/calendar/driver:{cast.driver.id}/change/")
    assert booking.id in page.content.decode()


def test_who_may_what(cast: Cast) -> None:
    support, finance = desk(StaffRole.SUPPORT), desk(StaffRole.FINANCE)
    assert finance.get(DRIVERS).status_code == 403
    assert support.get(f"{OPERATORS}{cast.operator.id}/change/").context["object_actions"] == []
    support.post(OPERATORS, {"action": "suspend", "index": "0", "_selected_action": [cast.operator.id], "reason": "x"})
    assert Operator.fetch(cast.operator.id).status is OperatorStatus.ACTIVE
    assert Driver.fetch(cast.driver.id).active
