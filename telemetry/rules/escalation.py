"""Who is told of an alert, and when again: the one table of it.

    raised                    CRITICAL, HIGH: owner, admins and managers by e-mail; MEDIUM: in the list and live alone
    not acknowledged in time  owner and admins
    nor by twice that time    the owner, and then nobody any more

"In time" is the organization's `alertMinutes`, else 30; of a CRITICAL one 5, where that is less. MEDIUM ones wait.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from fleet.rules.membership import MemberRole

IN_TIME = timedelta(minutes=30)
CRITICAL_IN_TIME = timedelta(minutes=5)


class Severity(StrEnum):
    """How grave an alert is; it says how long it is kept too (a year, or 30 days)."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"


TOLD = (
    frozenset({MemberRole.OWNER, MemberRole.ADMIN, MemberRole.MANAGER}),
    frozenset({MemberRole.OWNER, MemberRole.ADMIN}),
    frozenset({MemberRole.OWNER}),
)
"""By level: 0 when it is raised."""


def told(severity: Severity, level: int) -> frozenset[MemberRole]:
    """The roles that have an e-mail at this level."""
    return frozenset() if severity is Severity.MEDIUM or level >= len(TOLD) else TOLD[level]


def next_at(severity: Severity, level: int, since: datetime, minutes: int | None) -> datetime | None:
    """When the level after this one is reached, of an alert that nobody acknowledges; None: never."""
    if not told(severity, level + 1):
        return None
    in_time = IN_TIME if minutes is None else timedelta(minutes=minutes)
    return since + (min(in_time, CRITICAL_IN_TIME) if severity is Severity.CRITICAL else in_time)
