"""The tables of telemetry as Django models, for the back office."""

from atlas.facade.model import Facade
from telemetry import tables
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
