"""`/ws/fleet/`: the vehicles of an organization, to those of its members who may see them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from atlas.dynamo.attributes import utc_now
from atlas.live.authentication import in_thread
from fleet.assignments.people import assign_vehicle, end_assignment
from fleet.organizations.members import remove_member
from telemetry.tables import Device, VehicleState
from tests.bookings.sockets import Socket, opened
from tests.bookings.stage import Cast
from tests.fleet.members import member, org
from tests.telemetry.drives import drive
from tests.telemetry.stage import send, tracked

FLEET = "/ws/fleet/"


def two_cars(cast: Cast) -> tuple[Device, Device]:
    return tracked(cast).device, tracked(cast).device


def give(cast: Cast, user_id: str, device: Device, **until: Any) -> str:
    given = assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=user_id, pvin=device.pvin, **until)
    return str(given.id)


async def shown(socket: Socket) -> dict[str, Any]:
    """The vehicles of the next snapshot, by pseudoVIN."""
    return {each["pvin"]: each for each in (await socket.hear("snapshot"))["vehicles"]}


async def test_a_snapshot_and_then_what_is_new(cast: Cast) -> None:
    heard, silent = await in_thread(two_cars, cast)
    points = drive([(5, 10.0)])
    await in_thread(send, heard, points[:2], batteryLevel=81.5, shiftState="D")
    async with opened(FLEET, cast.owner) as office:
        snapshot = await shown(office)
        assert snapshot[silent.pvin] == {"pvin": silent.pvin, "location": None, "state": {}}
        assert snapshot[heard.pvin]["state"] == {"batteryLevel": 81.5, "shiftState": "D"}
        assert snapshot[heard.pvin]["location"]["speed"] == 10
        await in_thread(send, heard, points[2:4])
        news = await office.hear("location")
        newest = points[3]
        assert (news["pvin"], news["location"]["lat"]) == (heard.pvin, newest.lat / 1e6)
        assert news["state"] == snapshot[heard.pvin]["state"], "who was away meanwhile has missed nothing"
        await in_thread(send, heard, points[3:4])
        assert "location" not in await office.heard_so_far(), "what is known already is no news"
    async with opened(FLEET, cast.owner) as again:
        assert (await shown(again))[heard.pvin] == {name: news[name] for name in ("pvin", "location", "state")}


async def test_a_viewer_sees_what_they_have_as_long_as_they_have_it(cast: Cast) -> None:
    first, second = await in_thread(two_cars, cast)
    viewer = await in_thread(member, cast, "viewer")
    async with opened(FLEET, viewer) as screen:
        assert await shown(screen) == {}
        assignment = await in_thread(give, cast, viewer.id, first)
        assert list(await shown(screen)) == [first.pvin]
        for device in (second, first):
            await in_thread(send, device, drive([(2, 10.0)]))
        assert (await screen.hear())["pvin"] == first.pvin
        await in_thread(end_assignment, user=cast.owner, organization_id=org(cast), assignment_id=assignment)
        assert await shown(screen) == {}
        await in_thread(send, first, drive([(4, 10.0)])[2:])
        assert await screen.heard_so_far() == []


async def test_an_assignment_that_runs_out_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookings.consumers.ASSIGNMENTS_CHECK_SECONDS", 0.05)
    first, _ = await in_thread(two_cars, cast)
    viewer = await in_thread(member, cast, "viewer")
    await in_thread(lambda: give(cast, viewer.id, first, ends_at=utc_now() + timedelta(seconds=1)))
    points = drive([(40, 10.0)])
    async with opened(FLEET, viewer) as screen:
        assert list(await shown(screen)) == [first.pvin]
        for point in points:
            await in_thread(send, first, [point])
            if await screen.heard_so_far() == []:
                break
            await asyncio.sleep(0.25)
        else:
            raise AssertionError("It is still seen.")


async def test_who_leaves_is_out_at_once(cast: Cast) -> None:
    viewer = await in_thread(member, cast, "viewer")
    async with opened(FLEET, viewer) as screen:
        await shown(screen)
        await in_thread(remove_member, user=cast.owner, organization_id=org(cast), user_id=viewer.id)
        assert await screen.close_code() == 4401
    async with opened(FLEET, viewer) as screen:
        assert await screen.close_code() == 4403


async def test_a_large_fleet_is_whole_in_its_snapshot(cast: Cast) -> None:
    pvins = {uuid4().hex + uuid4().hex for _ in range(130)}

    def save() -> None:
        with VehicleState.batch_write() as batch:
            for pvin in pvins:
                batch.save(VehicleState(pvin=pvin, organization_id=org(cast), created_at=utc_now()))

    await in_thread(save)
    async with opened(FLEET, cast.owner) as office:
        assert (await shown(office)).keys() == pvins


async def test_alerts_are_for_who_sees_the_whole_fleet(cast: Cast) -> None:
    first, _ = await in_thread(two_cars, cast)
    viewer = await in_thread(member, cast, "viewer")
    await in_thread(give, cast, viewer.id, first)
    async with opened(FLEET, cast.manager) as office, opened(FLEET, viewer) as screen:
        await shown(office)
        await shown(screen)
        await in_thread(send, first, drive([(10, 20), (20, 45), (30, 20)]))
        alert = await office.hear("alert")
        assert (alert["pvin"], alert["kind"], alert["level"]) == (first.pvin, "SPEEDING", 0)
        assert "alert" not in await screen.heard_so_far()
