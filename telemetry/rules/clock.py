"""Clocks that lie: set right where it is plain how, refused where it is not.

- A counter of weeks that ran over (GPS, every 1,024 weeks) is 7,168 days behind to the second: set right.
- A clock that was never set (1970, 1980, 2000) says nothing of when it was: refused, `clock_not_set`.
- A clock that is ahead would block every true reading after it: refused, `clock_ahead`, but for a minute of drift.
"""

from telemetry.rules.refusals import Refused

AHEAD = 60_000
"""Milliseconds that a clock may be fast."""
ROLLOVER = 1024 * 7 * 86_400_000
EARLIEST = 1_420_070_400_000
"""2015: no device of ours is older, and an import of older tracks is one of another clock."""


def set_right(at: int, now: int) -> int:
    """The true time of a reading, in milliseconds since 1970. Raises `Refused`."""
    if at > now + AHEAD:
        raise Refused("clock_ahead")
    if at >= EARLIEST:
        return at
    if EARLIEST <= at + ROLLOVER <= now + AHEAD and at > ROLLOVER // 2:
        return at + ROLLOVER
    raise Refused("clock_not_set")
