"""A vehicle goes to another organization: who has it begins anew, who had it keeps what was."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from accounts.access_log.tables import AccessEntry
from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from fleet.assignments.people import assign_vehicle, end_assignment, vehicles_of
from fleet.assignments.tables import DriverAssignment, VehicleAssignment
from fleet.organizations.members import remove_member
from fleet.tables import Operator, Vehicle
from telemetry.devices.services import add_device, device_of
from telemetry.handover import hand_over, hand_over_by_staff
from telemetry.services import give_vin
from telemetry.state.selectors import vehicle_state
from telemetry.tables import Breadcrumbs, TripState, VehicleState, VinMapping
from tests.bookings.stage import Cast, make_cast
from tests.factories import UserFactory
from tests.fleet.members import member, org
from tests.telemetry.drives import drive
from tests.telemetry.numbers import new_vin
from tests.telemetry.stage import send


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def vin() -> str:
    return new_vin()


def owned(cast: Cast, vin: str) -> str:
    """A vehicle of the marketplace with a device; its pseudoVIN."""
    give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=vin)
    return add_device(user=cast.owner, vin=vin, name="Tracker").device.pvin


def theirs(cast: Cast) -> str:
    return str(Operator.fetch(str(cast.rival.profile_id)).organization_id)


def test_the_next_one_begins_anew(cast: Cast, vin: str) -> None:
    pvin = owned(cast, vin)
    added = add_device(user=cast.owner, vin=vin, name="Second")
    send(added.device, drive([(4, 10.0)]))
    TripState(pvin=pvin, organization_id="", trip_id="", started_at=utc_now(), shard=0, due_at=utc_now()).delete(
        add_version_condition=False
    )  # archived
    with pytest.raises(Conflict):
        add_device(user=cast.rival, vin=vin, name="Too early")
    hand_over(user=cast.owner, pvin=pvin)
    with pytest.raises(Unauthenticated):
        device_of(added.token)
    assert VehicleState.find(pvin, consistent=True) is None
    assert not list(Breadcrumbs.query(pvin))
    assert Vehicle.fetch(cast.sedan.id).pvin is None
    assert add_device(user=cast.rival, vin=vin, name="Ours").device.pvin == pvin
    assert give_vin(user=cast.rival, vehicle_id=cast.rivals_car.id, vin=vin).pvin == pvin
    state = vehicle_state(user=cast.rival, pvin=pvin)
    assert state.lat is None
    assert state.track is None
    with pytest.raises(NotFound):
        vehicle_state(user=cast.owner, pvin=pvin)
    assert VinMapping.fetch(pvin).user_id == cast.rival.id
    assert VehicleAssignment.fetch(org(cast), pvin).until is not None
    assert VehicleAssignment.fetch(theirs(cast), pvin).until is None
    with pytest.raises(Conflict):
        add_device(user=cast.owner, vin=vin, name="Too late")


def test_not_while_it_drives(cast: Cast, vin: str) -> None:
    pvin = owned(cast, vin)
    TripState(
        pvin=pvin, organization_id=org(cast), trip_id="trip", started_at=utc_now(), shard=0, due_at=utc_now()
    ).save()
    with pytest.raises(Conflict) as refused:
        hand_over(user=cast.owner, pvin=pvin)
    assert refused.value.code == "vehicle_under_way"
    assert VehicleState.find(pvin, consistent=True) is not None


def test_back_again(cast: Cast, vin: str) -> None:
    pvin = owned(cast, vin)
    hand_over(user=cast.owner, pvin=pvin)
    hand_over(user=cast.rival, pvin=add_device(user=cast.rival, vin=vin, name="Theirs").device.pvin)
    add_device(user=cast.owner, vin=vin, name="Ours again")
    assert VehicleAssignment.fetch(org(cast), pvin).until is None
    assert VehicleAssignment.fetch(theirs(cast), pvin).until is not None


def test_who_may(cast: Cast, vin: str) -> None:
    pvin = owned(cast, vin)
    for who, refusal in ((cast.manager, Forbidden), (cast.rival, NotFound), (cast.concierge, Forbidden)):
        with pytest.raises(refusal):
            hand_over(user=who, pvin=pvin)
    with pytest.raises(Forbidden):
        hand_over_by_staff(
            user=UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT), pvin=pvin, reason="Sold"
        )
    hand_over_by_staff(user=cast.admin, pvin=pvin, reason="Bill of sale of 3 May")
    assert [each for each in AccessEntry.query(f"vehicle-state:{pvin}") if each.actor_id == cast.admin.id]
    add_device(user=cast.rival, vin=vin, name="Ours")


def test_of_two_who_want_it_then_one_gets_it(cast: Cast, vin: str) -> None:
    hand_over(user=cast.owner, pvin=owned(cast, vin))

    def adds(user: User) -> bool:
        try:
            add_device(user=user, vin=vin, name="Mine")
        except AtlasError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(adds, [cast.rival, cast.suspended])) == [False, True]


# Assignments


def test_it_lasts_as_long_as_it_says(cast: Cast, vin: str) -> None:
    pvin, viewer, now = owned(cast, vin), member(cast, "viewer"), utc_now()
    assign_vehicle(
        user=cast.owner,
        organization_id=org(cast),
        user_id=viewer.id,
        pvin=pvin,
        starts_at=now + timedelta(hours=1),
        ends_at=now + timedelta(hours=2),
    )
    hours = {hour: set(vehicles_of(viewer.id, org(cast), now + timedelta(hours=hour))) for hour in (0, 1, 2)}
    assert hours == {0: set(), 1: {pvin}, 2: set()}
    with pytest.raises(Invalid):
        assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=viewer.id, pvin=pvin, ends_at=now)


def test_only_to_members_and_only_ones_own(cast: Cast, vin: str) -> None:
    pvin = owned(cast, vin)
    with pytest.raises(NotFound):
        assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=cast.rival.id, pvin=pvin)
    with pytest.raises(NotFound):
        assign_vehicle(user=cast.rival, organization_id=theirs(cast), user_id=cast.rival.id, pvin=pvin)
    with pytest.raises(Forbidden):
        assign_vehicle(user=cast.manager, organization_id=org(cast), user_id=cast.chauffeur.id, pvin=pvin)


@pytest.mark.parametrize("how", ["ended", "removed", "handed over"])
def test_and_ends(cast: Cast, vin: str, how: str) -> None:
    pvin, viewer = owned(cast, vin), member(cast, "viewer")
    made = assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=viewer.id, pvin=pvin)
    ways: dict[str, Callable[[], None]] = {
        "ended": lambda: end_assignment(user=cast.owner, organization_id=org(cast), assignment_id=made.id),
        "removed": lambda: remove_member(user=cast.owner, organization_id=org(cast), user_id=viewer.id),
        "handed over": lambda: hand_over(user=cast.owner, pvin=pvin),
    }
    ways[how]()
    assert DriverAssignment.find(org(cast), made.id, consistent=True) is None
    assert vehicles_of(viewer.id, org(cast), utc_now()) == {}
