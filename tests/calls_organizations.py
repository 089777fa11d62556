"""Requests of the operations of organizations (`tests/calls.py`)."""

from datetime import date
from typing import Any
from uuid import uuid4

from accounts.tables import User
from atlas import objects
from atlas.dynamo.attributes import utc_now
from fleet.assignments.people import assign_vehicle
from fleet.factories import MemberFactory, OperatorFactory
from fleet.organizations import examples as organization_examples
from fleet.organizations.invitations import invite
from fleet.organizations.tables import OrganizationInvitation
from fleet.organizations.tokens import token_of
from fleet.tables import OrganizationUser
from telemetry.commands import api as commands
from telemetry.commands.services import send_command
from telemetry.commands.tesla import accounts
from telemetry.dashcam import api as dashcam
from telemetry.dashcam import uploading
from telemetry.devices.services import add_device
from telemetry.reports import api as reports
from telemetry.reports import asking
from telemetry.reports.tables import Every, ReportFormat
from telemetry.rules.commands import CommandName
from telemetry.rules.reports import ReportType
from tests.asking import Call, Prepare
from tests.bookings.stage import Cast
from tests.telemetry.numbers import new_vin


def joined(cast: Cast, role: str = "viewer") -> OrganizationUser:
    """Somebody who is in the owner's organization too, of no other."""
    return MemberFactory.create(operator=cast.operator, role=role)


def of_organization(who: str, body: Any = None) -> Prepare:
    return lambda cast: Call(who, {"organization_id": str(cast.operator.organization_id)}, body)


def of_member(body: Any = None) -> Prepare:
    return lambda cast: Call(
        "owner", {"organization_id": str(cast.operator.organization_id), "user_id": joined(cast).user_id}, body
    )


def transfer(cast: Cast) -> Call:
    body = {"userId": joined(cast, "manager").user_id}
    return Call("owner", {"organization_id": str(cast.operator.organization_id)}, body)


def new_invitation(cast: Cast) -> Call:
    body = {**organization_examples.INVITATION.value, "email": f"{uuid4().hex}@example.com"}
    return Call("owner", {"organization_id": str(cast.operator.organization_id)}, body)


def invited(cast: Cast) -> OrganizationInvitation:
    return invite(
        user=cast.owner,
        organization_id=str(cast.operator.organization_id),
        email=f"{uuid4().hex}@example.com",
        role="viewer",
    )


def of_invitation(cast: Cast) -> Call:
    invitation = invited(cast)
    return Call("owner", {"organization_id": invitation.organization_id, "invitation_id": invitation.id})


def accept_invitation(cast: Cast) -> Call:
    """Into another organization at each call: nobody joins one twice."""
    operator = OperatorFactory.create()
    invitation = invite(
        user=User.fetch(operator.user_id),
        organization_id=str(operator.organization_id),
        email=cast.concierge.email,
        role="viewer",
    )
    return Call("concierge", body={"token": token_of(invitation)})


def join_by_invitation(cast: Cast) -> Call:
    return Call("concierge", body={**organization_examples.JOIN.value, "token": token_of(invited(cast))})


def of_tracked(cast: Cast) -> Call:
    return Call("owner", {"pvin": add_device(user=cast.owner, vin=new_vin(), name="Tracker").device.pvin})


def new_assignment(cast: Cast) -> Call:
    pvin = add_device(user=cast.owner, vin=new_vin(), name="Tracker").device.pvin
    body = {"userId": cast.chauffeur.id, "pvin": pvin}
    return Call("owner", {"organization_id": str(cast.operator.organization_id)}, body)


def of_assignment(cast: Cast) -> Call:
    call = new_assignment(cast)
    organization_id = call.ids["organization_id"]
    made = assign_vehicle(
        user=cast.owner, organization_id=organization_id, user_id=cast.chauffeur.id, pvin=call.body["pvin"]
    )
    return Call("owner", {"organization_id": organization_id, "assignment_id": made.id})


def of_commanded(body: Any = None) -> Prepare:
    """Of a vehicle that was told something."""

    def prepare(cast: Cast) -> Call:
        call = of_tracked(cast)
        sent = send_command(user=cast.owner, pvin=call.ids["pvin"], name=CommandName.FLASH)
        return Call("owner", {**call.ids, "command_id": sent.id}, body)

    return prepare


def connected(cast: Cast) -> Call:
    accounts.connect(user=cast.owner, refresh_token="refresh")
    return Call("owner")


def new_clip(cast: Cast) -> Call:
    return Call("owner", body={**dashcam.UPLOAD.value, **of_tracked(cast).ids})


def of_clip(cast: Cast) -> Call:
    """Uploaded, and not said to be. Needs the object store."""
    pvin = of_tracked(cast).ids["pvin"]
    clip = uploading.ask(user=cast.owner, pvin=pvin, recorded_at=utc_now(), size=5, camera="front").clip
    objects.write(clip.raw_key, [b"video"], uploading.CONTENT_TYPE)
    return Call("owner", {"clip_id": clip.id})


def of_report(cast: Cast) -> Call:
    day = date(2025, 6, 1)
    made = asking.ask(user=cast.owner, type=ReportType.MILEAGE, format=ReportFormat.CSV, first=day, last=day)
    return Call("owner", {"report_id": made.id})


def of_schedule(cast: Cast) -> Call:
    made = asking.schedule(user=cast.owner, type=ReportType.SAFETY, format=ReportFormat.PDF, every=Every.WEEK)
    return Call("owner", {"schedule_id": made.id})


ORGANIZATION_CALLS: dict[str, Prepare] = {
    "GET /organizations": lambda cast: Call("owner"),
    "GET /organizations/{organization_id}": of_organization("owner"),
    "PATCH /organizations/{organization_id}": of_organization("owner", organization_examples.ORGANIZATION.value),
    "GET /organizations/{organization_id}/members": of_organization("owner"),
    "PATCH /organizations/{organization_id}/members/{user_id}": of_member(organization_examples.ROLE.value),
    "DELETE /organizations/{organization_id}/members/{user_id}": of_member(),
    "POST /organizations/{organization_id}/transfer": transfer,
    "GET /organizations/{organization_id}/invitations": of_organization("owner"),
    "POST /organizations/{organization_id}/invitations": new_invitation,
    "DELETE /organizations/{organization_id}/invitations/{invitation_id}": of_invitation,
    "POST /organizations/{organization_id}/invitations/{invitation_id}/resend": of_invitation,
    "POST /organizations/{organization_id}/choose": of_organization("owner"),
    "GET /organizations/{organization_id}/vehicles": of_organization("owner"),
    "GET /organizations/{organization_id}/assignments": of_organization("owner"),
    "POST /organizations/{organization_id}/assignments": new_assignment,
    "DELETE /organizations/{organization_id}/assignments/{assignment_id}": of_assignment,
    "GET /fleet/dashcam": lambda cast: Call("owner"),
    "POST /fleet/dashcam/uploads": new_clip,
    "GET /fleet/dashcam/{clip_id}": of_clip,
    "POST /fleet/dashcam/{clip_id}/complete": of_clip,
    "GET /fleet/reports": lambda cast: Call("owner"),
    "POST /fleet/reports": lambda cast: Call("owner", body=reports.MILEAGE.value),
    "GET /fleet/reports/{report_id}": of_report,
    "GET /fleet/report-schedules": lambda cast: Call("owner"),
    "POST /fleet/report-schedules": lambda cast: Call("owner", body=reports.WEEKLY.value),
    "DELETE /fleet/report-schedules/{schedule_id}": of_schedule,
    "GET /fleet/commands": lambda cast: Call("owner"),
    "GET /fleet/vehicles/{pvin}/commands": of_commanded(),
    "POST /fleet/vehicles/{pvin}/commands": of_commanded({"command": "climate_on", "temperature": 21.5}),
    "GET /fleet/vehicles/{pvin}/commands/{command_id}": of_commanded(),
    "GET /fleet/tesla-account": connected,
    "PUT /fleet/tesla-account": lambda cast: Call("owner", body=commands.ACCOUNT.value),
    "DELETE /fleet/tesla-account": connected,
    "POST /invitations/accept": accept_invitation,
    "POST /invitations/join": join_by_invitation,
}
