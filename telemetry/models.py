"""The tables of telemetry as Django models, for the back office."""

from atlas.facade.links import Link
from atlas.facade.model import Facade
from telemetry import tables
from telemetry.commands import tables as commands
from telemetry.commands.tesla import tables as tesla
from telemetry.rules.commands import CommandName, CommandStatus
from telemetry.trips import tables as trips


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
