"""The tables of telemetry as Django models, for the back office."""

from atlas.facade.links import Link
from atlas.facade.model import Facade
from telemetry import tables
from telemetry.alerts import tables as alerts
from telemetry.commands import tables as commands
from telemetry.commands.tesla import tables as tesla
from telemetry.dashcam import tables as dashcam
from telemetry.geofences import tables as geofences
from telemetry.reports import tables as reports
from telemetry.rules.commands import CommandName, CommandStatus
from telemetry.trips import tables as trips
from telemetry.watching import tables as watching


class VinMapping(Facade, table=tables.VinMapping, links={"user_id": "accounts.User"}):
    class Meta:
        verbose_name = "VIN"
        verbose_name_plural = "VINs"

    def __str__(self) -> str:
        return f"{self.pk[:12]}\u2026"


class Trip(
    Facade,
    table=trips.Trip,
    links={"organization_id": "fleet.Organization"},
    options={"pvin": {"verbose_name": "pseudoVIN"}, "ai_summary": {"verbose_name": "summary"}},
):
    """A trip that is over."""

    pvin: str
    trip_id: str
    distance: float
    duration: float

    def __str__(self) -> str:
        return self.trip_id


class TripState(Facade, table=tables.TripState, links={"organization_id": "fleet.Organization"}):
    """A vehicle that is under way."""

    trip_id: str

    class Meta:
        verbose_name = "trip under way"
        verbose_name_plural = "trips under way"

    def __str__(self) -> str:
        return self.trip_id


class Command(
    Facade,
    table=commands.Command,
    links={
        "user_id": "accounts.User",
        "organization_id": "fleet.Organization",
    },
    options={"pvin": {"verbose_name": "pseudoVIN"}, "ts": {"verbose_name": "asked"}},
):
    """What a vehicle was told to do."""

    pvin: str
    name: CommandName
    status: CommandStatus

    class Meta:
        verbose_name = "command"

    def __str__(self) -> str:
        return f"{self.name}, {self.pvin[:12]}\u2026"


class OemToken(
    Facade,
    table=tesla.OemToken,
    links={"organization_id": "fleet.Organization", "connected_by": Link("accounts.User", "oem_accounts")},
):
    """An organization's account at a manufacturer."""

    oem: str

    class Meta:
        verbose_name = "manufacturer's account"
        verbose_name_plural = "manufacturers' accounts"

    def __str__(self) -> str:
        return self.oem


class Geofence(Facade, table=geofences.Geofence, links={"organization_id": "fleet.Organization"}):
    """A place that an organization wants to hear of."""

    name: str

    def __str__(self) -> str:
        return self.name


class GeofenceState(Facade, table=geofences.GeofenceState, links={"organization_id": "fleet.Organization"}):
    """A vehicle and a fence that it is in, or was."""

    fence_id: str

    class Meta:
        verbose_name = "vehicle at a geofence"
        verbose_name_plural = "vehicles at geofences"

    def __str__(self) -> str:
        return self.fence_id


class SecuritySettings(Facade, table=watching.SecuritySettings, links={"organization_id": "fleet.Organization"}):
    """What an organization wants to be watched for."""

    class Meta:
        verbose_name = "watch of an organization"
        verbose_name_plural = "watches of organizations"

    def __str__(self) -> str:
        return str(self.pk)


class FleetAlert(
    Facade,
    table=alerts.FleetAlert,
    links={
        "organization_id": "fleet.Organization",
        "acknowledged_by": Link("accounts.User", "alerts_acknowledged"),
        "resolved_by": Link("accounts.User", "alerts_resolved"),
    },
    options={"pvin": {"verbose_name": "pseudoVIN"}},
):
    """Something that a fleet's people are to see to."""

    kind: str

    class Meta:
        verbose_name = "alert"

    def __str__(self) -> str:
        return self.kind


class Occurrence(Facade, table=alerts.Occurrence, links={"organization_id": "fleet.Organization"}):
    """Something that happened to a vehicle."""

    kind: str

    class Meta:
        verbose_name = "event of a vehicle"
        verbose_name_plural = "events of vehicles"

    def __str__(self) -> str:
        return self.kind


class Clip(
    Facade,
    table=dashcam.Clip,
    links={"organization_id": "fleet.Organization", "uploaded_by": Link("accounts.User", "clips_uploaded")},
    options={"pvin": {"verbose_name": "pseudoVIN"}},
):
    """A dashcam's clip."""

    camera: str
    status: dashcam.ClipStatus

    class Meta:
        verbose_name = "dashcam clip"

    def __str__(self) -> str:
        return f"{self.camera}, {self.pk}"


class Report(
    Facade,
    table=reports.Report,
    links={"organization_id": "fleet.Organization", "asked_by": Link("accounts.User", "reports_asked")},
):
    """A fleet's report."""

    class Meta:
        verbose_name = "fleet report"

    def __str__(self) -> str:
        return str(self.pk)


class Schedule(
    Facade,
    table=reports.Schedule,
    links={"organization_id": "fleet.Organization", "wanted_by": Link("accounts.User", "reports_scheduled")},
):
    """A report that is made again and again."""

    class Meta:
        verbose_name = "scheduled report"

    def __str__(self) -> str:
        return str(self.pk)
