"""How long a booking is kept, and where (facts, section 7). Everything is counted from the UTC day of its pick-up."""

from datetime import date, datetime, timedelta

from bookings.rules.lifecycle import CLOSED, BookingStatus

ARCHIVED_AFTER = 2
"""Years from the pick-up until a booking leaves the table for the archive."""
DELETED_AFTER = 7
"""Years from the pick-up until it leaves the archive too."""
QUIET = timedelta(days=90)
"""A booking to which something happened so lately (a refund, a dispute) is not archived yet."""
EARLIEST = 12
"""Years back that the nightly walk looks: what an outage of years left behind is still found."""


def years_after(day: date, years: int) -> date:
    """The same day of another year; of 29 February the 1 March, so that nothing is done a day early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day_archived(today: date) -> date:
    """The newest day of pick-up whose bookings belong in the archive."""
    day = years_after(today, -ARCHIVED_AFTER)
    return day if years_after(day, ARCHIVED_AFTER) <= today else day - timedelta(days=1)


def is_archivable(
    *, status: BookingStatus, pickup_day: date, changed_at: datetime, needed: bool, now: datetime
) -> bool:
    """Whether a booking may leave the table: it is over, nobody needs it, and it has been quiet."""
    old = years_after(pickup_day, ARCHIVED_AFTER) <= now.date()
    return old and status in CLOSED and not needed and now - changed_at >= QUIET


def deletion_day(pickup_day: date) -> date:
    """The first day on which its archived record may, and must, go."""
    return years_after(pickup_day, DELETED_AFTER)
