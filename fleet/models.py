"""Facades of the fleet's tables, for the back office. Nothing else imports them."""

from atlas.facade.links import Link
from atlas.facade.model import Facade
from atlas.facade.partitions import Values
from fleet import tables
from fleet.assignments import tables as assignments
from fleet.organizations import tables as organizations
from fleet.rules.types import DriverStatus, OperatorStatus, VehicleCategory, VehicleStatus


class Operator(
    Facade,
    table=tables.Operator,
    links={"user_id": "accounts.User", "organization_id": "fleet.Organization"},
    partitions={"status-index": Values(OperatorStatus)},
    options={"created_at": {"verbose_name": "founded"}},
):
    """A chauffeur company."""

    id: str
    user_id: str
    company_name: str
    business_license: str
    status: OperatorStatus
    item: tables.Operator

    class Meta:
        verbose_name = "operator"

    def __str__(self) -> str:
        return self.company_name


class Driver(Facade, table=tables.Driver, links={"user_id": "accounts.User", "operator_id": "fleet.Operator"}):
    """A chauffeur of one operator."""

    id: str
    user_id: str
    operator_id: str
    name: str
    status: DriverStatus
    active: bool
    item: tables.Driver

    class Meta:
        verbose_name = "driver"

    def __str__(self) -> str:
        return self.name or self.id


class Vehicle(
    Facade, table=tables.Vehicle, links={"operator_id": "fleet.Operator", "current_driver_id": "fleet.Driver"}
):
    """A car of one operator."""

    id: str
    operator_id: str
    name: str
    plate_number: str
    category: VehicleCategory
    status: VehicleStatus
    active: bool
    item: tables.Vehicle

    class Meta:
        verbose_name = "vehicle"

    def __str__(self) -> str:
        return f"{self.name} ({self.plate_number})"


class Calendar(Facade, table=tables.Calendar):
    """What one driver or vehicle has promised."""

    id: str

    class Meta:
        verbose_name = "calendar"


class Organization(
    Facade, table=tables.Organization, links={"owner_id": "accounts.User", "operator_id": "fleet.Operator"}
):
    """A tenant."""

    id: str
    name: str

    class Meta:
        verbose_name = "organization"

    def __str__(self) -> str:
        return self.name


class OrganizationUser(
    Facade,
    table=tables.OrganizationUser,
    links={"organization_id": "fleet.Organization", "user_id": "accounts.User"},
):
    """A membership."""

    role: str

    class Meta:
        verbose_name = "member"

    def __str__(self) -> str:
        return self.role


class OrganizationInvitation(
    Facade,
    table=organizations.OrganizationInvitation,
    links={
        "organization_id": "fleet.Organization",
        "invited_by": Link("accounts.User", "invitations_sent"),
        "accepted_by": Link("accounts.User", "invitations_accepted"),
    },
):
    """Somebody is asked to join."""

    email: str
    role: str
    status: organizations.InvitationStatus

    class Meta:
        verbose_name = "invitation"

    def __str__(self) -> str:
        return self.email


class VehicleAssignment(
    Facade,
    table=assignments.VehicleAssignment,
    links={"organization_id": "fleet.Organization", "vehicle_id": "fleet.Vehicle"},
):
    """A vehicle is, or was, an organization's."""

    pvin: str

    class Meta:
        verbose_name = "vehicle of an organization"
        verbose_name_plural = "vehicles of organizations"

    def __str__(self) -> str:
        return f"{self.pvin[:12]}\u2026"


class DriverAssignment(
    Facade,
    table=assignments.DriverAssignment,
    links={
        "organization_id": "fleet.Organization",
        "driver_id": Link("accounts.User", "vehicles_assigned"),
        "assigned_by": Link("accounts.User", "assignments_made"),
    },
):
    """A member has a vehicle for a time."""

    pvin: str

    class Meta:
        verbose_name = "assignment"

    def __str__(self) -> str:
        return f"{self.pvin[:12]}\u2026"
