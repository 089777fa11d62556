"""From what a clock at the pick-up place shows to the instant it means.

A request states local `date`, `time` and IANA `timezone`. Twice a year that is not enough: an hour is
skipped in spring (such a time is refused, and the nearest real ones are named) and one happens twice in
autumn (`utcOffset` then says which).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from atlas.errors import Invalid

GRACE = timedelta(minutes=5)
"""A ride wanted "now" may be this old when it reaches us."""
MAX_AHEAD = timedelta(days=730)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}", re.ASCII)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):(?P<minutes>\d{2})", re.ASCII)
_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})
"""Files that lie among the zones of some machines and mean something else on each."""


def pickup_instant(*, date: str, time: str, timezone: str, utc_offset: str | None = None, now: datetime) -> datetime:
    """The UTC instant of a pick-up that can still be booked.

    Raises `Invalid` with the faulty fields, also when it lies more than five minutes back or two years ahead.
    """
    instant = local_instant(date=date, time=time, timezone=timezone, utc_offset=utc_offset)
    if instant < now - GRACE:
        raise Invalid("The pick-up is in the past.", fields={"date": ["Give a time from now on."]})
    if instant > now + MAX_AHEAD:
        raise Invalid(
            "The pick-up is too far ahead.",
            fields={"date": [f"Give a day within {MAX_AHEAD.days} days from now."]},
        )
    return instant


def local_instant(*, date: str, time: str, timezone: str, utc_offset: str | None = None) -> datetime:
    """The UTC instant at which a clock in `timezone` shows `date` (YYYY-MM-DD) and `time` (HH:mm).

    `utc_offset` (such as -04:00) is needed where the clock shows this twice, and must agree wherever it is
    given. Raises `Invalid` with the faulty fields.
    """
    wall = _wall_time(date, time)
    zone = parse_zone(timezone)
    candidates = _candidates(wall, zone)
    if not candidates:
        before, after = _around_gap(wall, zone)
        raise Invalid(
            f"In {timezone} the clock skips this time on {date}.",
            fields={"time": [f"Give {_shown(before, wall)} or earlier, or {_shown(after, wall)} or later."]},
        )
    offsets = [_offset_text(candidate) for candidate in candidates]
    if utc_offset is not None:
        wanted = _parse_offset(utc_offset)
        candidates = [candidate for candidate in candidates if candidate.utcoffset() == wanted]
        if not candidates:
            raise Invalid(
                f"{timezone} is not at {utc_offset} then.",
                fields={"utcOffset": [f"Give {' or '.join(offsets)}."]},
            )
    elif len(candidates) > 1:
        raise Invalid(
            f"In {timezone} the clock shows this time twice on {date}.",
            fields={"utcOffset": [f"Say which one: {' or '.join(offsets)}."]},
        )
    return candidates[0].astimezone(UTC)


def parse_zone(name: str) -> ZoneInfo:
    """Raises `Invalid` for what is not an IANA zone. Never looks at files that a client names."""
    if name not in _zone_names():
        raise Invalid("Unknown time zone.", fields={"timezone": ["Give an IANA zone such as America/New_York."]})
    return ZoneInfo(name)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones() - _NOT_PLACES)


def _wall_time(date_text: str, time_text: str) -> datetime:
    fields = {}
    day, clock = date.min, time.min
    try:
        day = date.fromisoformat(_matching(_DATE, date_text))
    except ValueError:
        fields["date"] = ["Give a day of the calendar as YYYY-MM-DD."]
    try:
        clock = time.fromisoformat(_matching(_TIME, time_text))
    except ValueError:
        fields["time"] = ["Give a time of the day as HH:mm, 00:00 to 23:59."]
    if not fields and not date.min < day < date.max:
        # Its instant may lie outside the years 1 to 9999 that a datetime can hold.
        fields["date"] = ["Give a day within living memory."]
    if fields:
        raise Invalid("There is no such pick-up time.", fields=fields)
    return datetime.combine(day, clock)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _parse_offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise Invalid("The offset cannot be read.", fields={"utcOffset": ["Give it as +HH:MM or -HH:MM."]})
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return -offset if match["sign"] == "-" else offset


def _candidates(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """The real times that show `wall`, in order: none in a gap, two in a fold, otherwise one (PEP 495)."""
    found: list[datetime] = []
    for fold in (0, 1):
        local = wall.replace(tzinfo=zone, fold=fold)
        back = local.astimezone(UTC).astimezone(zone)
        if back.replace(tzinfo=None) == wall and back.utcoffset() not in [other.utcoffset() for other in found]:
            found.append(local)
    return found


def _around_gap(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The last minute before, and the first after, the gap that `wall` lies in.

    In a gap, fold=1 is read with the later offset, which gives an instant before the jump, and fold=0 one
    after it.
    """
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    jump = after.replace(microsecond=0)
    return (jump - timedelta(minutes=1)).astimezone(zone), jump.astimezone(zone)


def _shown(local: datetime, asked: datetime) -> str:
    """With its day where that is another one: Samoa once skipped a whole day."""
    return f"{local:%H:%M}" if local.date() == asked.date() else f"{local:%Y-%m-%d %H:%M}"


def _offset_text(local: datetime) -> str:
    return f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:5]
