"""What AWS Backup does, beside point-in-time recovery: one copy a day.

The seed wants 30 days, cold after 7. AWS keeps what is cold for 90 days at least, so that both at once are refused.
Tables with data about people keep the 30 days: who was forgotten is gone from backups within a month. The others go
cold after 7 days, and stay for the 97 that this takes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from atlas.dynamo.table import Table

COLD_AFTER, COLD_AT_LEAST = 7, 90
DAILY = "cron(0 3 * * ? *)"
"""UTC."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a daily copy is kept, in days."""

    name: str
    deleted_after: int
    cold_after: int | None = None


PERSONAL = Plan("personal", deleted_after=30)
OTHER = Plan("other", deleted_after=COLD_AFTER + COLD_AT_LEAST, cold_after=COLD_AFTER)


def plans(tables: Iterable[type[Table]]) -> Mapping[Plan, list[type[Table]]]:
    """Each table under one plan; a plan without tables is left out."""
    found: dict[Plan, list[type[Table]]] = {}
    for table in sorted(tables, key=lambda each: each.Meta.name):
        found.setdefault(PERSONAL if table.Meta.personal else OTHER, []).append(table)
    return found
