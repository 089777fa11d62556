"""No endpoint, export or socket tells one tenant of another, or lets it change anything: every route is asked.

The routes are those of the URLconf and of the socket router: a new one without a row here fails.
"""

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from accounts.tables import User
from atlas.asgi import application
from atlas.live.authentication import in_thread
from bookings.routing import websocket_urlpatterns
from bookings.rules.lifecycle import BookingStatus
from fleet.assignments.people import assign_vehicle
from fleet.organizations import invitations, members
from fleet.organizations.tokens import token_of
from fleet.tables import Driver, Operator, OrganizationUser, Vehicle
from telemetry.geofences.tables import Geofence
from telemetry.tables import Device, VehicleState
from tests.bookings.stage import Cast, driven, make_cast
from tests.calls import CALLS
from tests.clients import access_token, client_of
from tests.factories import PASSWORD
from tests.telemetry.drives import drive
from tests.telemetry.stage import send, tracked
from tests.test_permissions import routes

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox", "objects")]

TENANTED = ("/organizations", "/fleet/", "/vehicles", "/drivers", "/telemetry/", "/vin-mapping", "/invitations")
"""Whose paths are about a tenant's own."""
REFUSED, OWN = "refused", "shows one's own alone"
ROWS = {
    "GET /organizations": OWN,
    "GET /organizations/{organization_id}": REFUSED,
    "PATCH /organizations/{organization_id}": REFUSED,
    "GET /organizations/{organization_id}/members": REFUSED,
    "PATCH /organizations/{organization_id}/members/{user_id}": REFUSED,
    "DELETE /organizations/{organization_id}/members/{user_id}": REFUSED,
    "POST /organizations/{organization_id}/transfer": REFUSED,
    "POST /organizations/{organization_id}/choose": REFUSED,
    "GET /organizations/{organization_id}/invitations": REFUSED,
    "POST /organizations/{organization_id}/invitations": REFUSED,
    "DELETE /organizations/{organization_id}/invitations/{invitation_id}": REFUSED,
    "POST /organizations/{organization_id}/invitations/{invitation_id}/resend": REFUSED,
    "GET /organizations/{organization_id}/vehicles": REFUSED,
    "GET /organizations/{organization_id}/assignments": REFUSED,
    "POST /organizations/{organization_id}/assignments": REFUSED,
    "DELETE /organizations/{organization_id}/assignments/{assignment_id}": REFUSED,
    "POST /invitations/accept": REFUSED,
    "POST /invitations/join": OWN,  # whoever has the letter: it is the letter's address that joins
    "POST /fleet/devices": OWN,
    "DELETE /fleet/devices/{device_id}": REFUSED,
    "GET /fleet/state": OWN,
    "GET /fleet/heat": OWN,
    "GET /fleet/trips": OWN,
    "GET /fleet/trips/{trip_id}": REFUSED,
    "GET /fleet/trips/{trip_id}/breadcrumbs": REFUSED,
    "GET /fleet/trips/{trip_id}/export": REFUSED,
    "GET /fleet/vehicles/{pvin}/state": REFUSED,
    "POST /fleet/vehicles/{pvin}/hand-over": REFUSED,
    "GET /fleet/commands": OWN,
    "GET /fleet/reports": OWN,
    "POST /fleet/reports": OWN,
    "GET /fleet/reports/{report_id}": REFUSED,
    "GET /fleet/report-schedules": OWN,
    "POST /fleet/report-schedules": OWN,
    "DELETE /fleet/report-schedules/{schedule_id}": REFUSED,
    "GET /fleet/dashcam": OWN,
    "POST /fleet/dashcam/uploads": REFUSED,
    "GET /fleet/dashcam/{clip_id}": REFUSED,
    "POST /fleet/dashcam/{clip_id}/complete": REFUSED,
    "POST /fleet/vehicles/{pvin}/commands": REFUSED,
    "GET /fleet/vehicles/{pvin}/commands": REFUSED,
    "GET /fleet/vehicles/{pvin}/commands/{command_id}": REFUSED,
    "GET /fleet/tesla-account": REFUSED,
    "PUT /fleet/tesla-account": OWN,
    "DELETE /fleet/tesla-account": REFUSED,
    "GET /fleet/limits": OWN,
    "PATCH /fleet/limits": OWN,
    "GET /fleet/alerts": OWN,
    "GET /fleet/alerts/{alert_id}": REFUSED,
    "POST /fleet/alerts/{alert_id}/ack": REFUSED,
    "POST /fleet/alerts/{alert_id}/resolve": REFUSED,
    "GET /fleet/vehicles/{pvin}/events": OWN,
    "GET /fleet/geofences": OWN,
    "POST /fleet/geofences": OWN,
    "POST /fleet/geofences/import": OWN,
    "GET /fleet/geofences/{geofence_id}": REFUSED,
    "PATCH /fleet/geofences/{geofence_id}": REFUSED,
    "DELETE /fleet/geofences/{geofence_id}": REFUSED,
    "GET /fleet/geofences/{geofence_id}/vehicles": REFUSED,
    "POST /telemetry/positions": OWN,  # by the device's token, whoever sends it
    "POST /telemetry/tesla": OWN,
    "POST /vin-mapping/resolve": REFUSED,
    "GET /vehicles": OWN,
    "POST /vehicles": OWN,
    "GET /vehicles/{vehicle_id}": REFUSED,
    "PATCH /vehicles/{vehicle_id}": REFUSED,
    "DELETE /vehicles/{vehicle_id}": REFUSED,
    "PUT /vehicles/{vehicle_id}/vin": REFUSED,
    "GET /drivers": OWN,
    "POST /drivers": OWN,
    "GET /drivers/{driver_id}": REFUSED,
    "PATCH /drivers/{driver_id}": REFUSED,
    "DELETE /drivers/{driver_id}": REFUSED,
    "GET /drivers/me": REFUSED,
    "POST /drivers/me/status": REFUSED,
    "GET /drivers/me/jobs": REFUSED,
}
BY_TOKEN = ("POST /telemetry/positions", "POST /telemetry/tesla", "POST /invitations/join")
"""Who has the token acts by it, whoever else they are."""
SOCKETS = {
    "ws/bookings/<uuid:booking_id>/": REFUSED,
    "ws/driver/": REFUSED,
    "ws/fleet/": OWN,
    "ws/inbox/": OWN,
}


def test_every_route_has_a_row() -> None:
    assert set(ROWS) == {name for name in routes() if name.split()[1].startswith(TENANTED)}
    assert set(SOCKETS) == {str(each.pattern) for each in websocket_urlpatterns}


@pytest.mark.parametrize(("name", "judged"), ROWS.items(), ids=list(ROWS))
def test_nothing_crosses(name: str, judged: str) -> None:
    cast = make_cast(PASSWORD)
    call = CALLS[name](cast)
    before = kept(cast)
    answer: Any = call.send(client_of(cast.rival), name)
    if judged == REFUSED:
        assert answer.status_code in (403, 404), answer.content
    else:
        assert answer.status_code < 300, answer.content
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = body.decode(errors="replace")
    if name not in BY_TOKEN:
        assert not [each for each in signs_of(cast) if each in told]
        assert kept(cast) == before


def signs_of(cast: Cast) -> list[str]:
    """What only the cast's own company may be told."""
    operator = Operator.fetch(cast.operator.id)
    organization_id = str(operator.organization_id)
    people = [each.user_id for each in OrganizationUser.query(organization_id)]
    cars = [each.id for each in Vehicle.operator_index.query(operator.id)]
    drivers = [each.id for each in Driver.operator_index.query(operator.id)]
    pvins = [each.pvin for each in VehicleState.organization_index.query(organization_id)]
    devices = [each.id for each in Device.organization_index.query(organization_id)]
    emails = [User.fetch(each).email for each in people]
    return [organization_id, operator.id, *people, *emails, *cars, *drivers, *pvins, *devices]


def kept(cast: Cast) -> list[Any]:
    """All that is the company's, as it is."""
    organization_id = str(cast.operator.organization_id)
    return [
        Operator.fetch(cast.operator.id).version,
        sorted((each.user_id, each.role) for each in OrganizationUser.query(organization_id, consistent_read=True)),
        sorted((each.id, each.version) for each in Vehicle.operator_index.query(cast.operator.id)),
        sorted((each.id, each.version) for each in Driver.operator_index.query(cast.operator.id)),
        sorted(each.pvin for each in VehicleState.organization_index.query(organization_id)),
        sorted(each.id for each in Device.organization_index.query(organization_id)),
        sorted((each.id, each.version) for each in Geofence.query(organization_id, consistent_read=True)),
    ]


@pytest.mark.parametrize("path", SOCKETS)
async def test_nothing_crosses_a_socket(path: str) -> None:
    cast = await in_thread(make_cast, PASSWORD)
    booking = await in_thread(driven, cast, BookingStatus.DRIVER_EN_ROUTE)
    device = (await in_thread(tracked, cast)).device
    socket = WebsocketCommunicator(application, "/" + path.replace("<uuid:booking_id>", booking.id))
    assert (await socket.connect())[0]
    await socket.send_json_to({"type": "authenticate", "token": await in_thread(access_token, cast.rival)})
    first = await socket.receive_output(5)
    if SOCKETS[path] == REFUSED:
        assert first["type"] == "websocket.close"
        assert first["code"] in (4403, 4404)
        return
    assert not [each for each in await in_thread(signs_of, cast) if each in first["text"]]
    await in_thread(send, device, drive([(5, 10.0)]))
    assert await socket.receive_nothing(0.5)
    await socket.disconnect()


# Within a tenant


def assigned_to(cast: Cast, user: User, pvin: str) -> None:
    assign_vehicle(user=cast.owner, organization_id=str(cast.operator.organization_id), user_id=user.id, pvin=pvin)


def seen(user: User) -> list[str]:
    answer = client_of(user).get("/api/v1/fleet/state")
    assert answer.status_code == 200
    return [each["pvin"] for each in answer.json()["results"]]


@pytest.mark.parametrize("role", ["viewer", "driver"])
def test_who_has_some_vehicles_sees_those(role: str) -> None:
    cast = make_cast(PASSWORD)
    mine, other = tracked(cast).device.pvin, tracked(cast).device.pvin
    token = token_of(
        invitations.invite(
            user=cast.owner,
            organization_id=str(cast.operator.organization_id),
            email=cast.other_concierge.email,
            role=role,
        )
    )
    user = cast.other_concierge
    invitations.accept(user=user, token=token)
    assert seen(user) == []
    assigned_to(cast, user, mine)
    assert seen(user) == [mine]
    assert sorted(seen(cast.manager)) == sorted([mine, other])
    client = client_of(user)
    assert client.get(f"/api/v1/fleet/vehicles/{mine}/state").status_code == 200
    assert client.get(f"/api/v1/fleet/vehicles/{other}/state").status_code == 404
    assert client.get(f"/api/v1/fleet/trips?vehicle={mine}").status_code == 200
    assert client.get(f"/api/v1/fleet/trips?vehicle={other}").status_code == 404
    assert client.get("/api/v1/fleet/heat?date=2026-01-01").status_code == 403
    members.remove_member(user=cast.owner, organization_id=str(cast.operator.organization_id), user_id=user.id)
    assert client.get(f"/api/v1/fleet/vehicles/{mine}/state").status_code == 403, "a member no more"


def test_who_is_in_two_organizations_says_for_which_they_act() -> None:
    cast = make_cast(PASSWORD)
    pvin = tracked(cast).device.pvin
    organization_id = str(cast.operator.organization_id)
    invitation = invitations.invite(
        user=cast.owner, organization_id=organization_id, email=cast.rival.email, role="manager"
    )
    invitations.accept(user=cast.rival, token=token_of(invitation))
    assert seen(cast.rival) == [], "their own company's, where they are the owner"
    assert client_of(cast.rival).post(f"/api/v1/organizations/{organization_id}/choose").status_code == 200
    assert seen(cast.rival) == [pvin]
    members.remove_member(user=cast.owner, organization_id=organization_id, user_id=cast.rival.id)
    assert seen(cast.rival) == []
