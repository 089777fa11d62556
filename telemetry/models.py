"""The tables of telemetry as Django models, for the back office."""

from atlas.facade.model import Facade
from telemetry import tables


class VinMapping(Facade, table=tables.VinMapping, links={"user_id": "accounts.User"}):
    class Meta:
        verbose_name = "VIN"
        verbose_name_plural = "VINs"

    def __str__(self) -> str:
        return f"{self.pk[:12]}\u2026"
