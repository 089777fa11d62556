"""From a clock at the pick-up place to an instant: every zone, gaps, folds, and nonsense."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.errors import Invalid
from bookings.rules.pickup_time import local_instant, parse_zone, pickup_instant
from tests.rules.documents import table

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EPOCH = datetime(1975, 1, 1, tzinfo=UTC)
NEW_YORK = "America/New_York"

zones = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime", "posixrules"}))
minutes = st.integers(0, 80 * 365 * 24 * 60).map(lambda count: EPOCH + timedelta(minutes=count))


def shown(instant: datetime, zone: str) -> dict[str, str]:
    local = instant.astimezone(ZoneInfo(zone))
    offset = f"{local:%z}"
    return {
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
        "timezone": zone,
        "utc_offset": f"{offset[:3]}:{offset[3:5]}",
    }


@given(zones, minutes)
def test_what_a_clock_shows_leads_back_to_its_instant(zone: str, instant: datetime) -> None:
    assert local_instant(**shown(instant, zone)) == instant
    assert local_instant(**shown(instant, zone)).tzinfo is UTC


def instants_showing(instant: datetime, zone: ZoneInfo) -> set[datetime]:
    """All instants at which the clock shows the same as at this one, by trying every offset of the days around."""
    wall = instant.astimezone(zone).replace(tzinfo=UTC)
    around = (instant + timedelta(hours=hour) for hour in range(-26, 27))
    offsets = {moment.astimezone(zone).utcoffset() or timedelta() for moment in around}
    return {wall - offset for offset in offsets if (wall - offset).astimezone(zone).replace(tzinfo=UTC) == wall}


@given(zones, minutes)
def test_without_an_offset_it_is_the_same_or_the_offsets_are_asked_for(zone: str, instant: datetime) -> None:
    said = shown(instant, zone)
    offset = said.pop("utc_offset")
    if instants_showing(instant, ZoneInfo(zone)) == {instant}:
        assert local_instant(**said) == instant
    else:
        with pytest.raises(Invalid) as asked:
            local_instant(**said)
        assert offset in asked.value.fields["utcOffset"][0]


def test_the_helper_above_sees_a_fold() -> None:
    once = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    again = once + timedelta(hours=1)
    assert instants_showing(once, ZoneInfo(NEW_YORK)) == {once, again}


@pytest.mark.parametrize(
    ("date", "time", "zone", "advice"),
    [
        ("2026-03-08", "02:30", NEW_YORK, "Give 01:59 or earlier, or 03:00 or later."),
        ("2026-03-08", "02:00", NEW_YORK, "Give 01:59 or earlier, or 03:00 or later."),
        ("2026-03-08", "02:59", NEW_YORK, "Give 01:59 or earlier, or 03:00 or later."),
        ("2026-03-29", "01:15", "Europe/London", "Give 00:59 or earlier, or 02:00 or later."),
        ("2026-10-04", "02:10", "Australia/Lord_Howe", "Give 01:59 or earlier, or 02:30 or later."),
        ("2026-09-06", "00:30", "America/Santiago", "Give 2026-09-05 23:59 or earlier, or 01:00 or later."),
        (
            "2011-12-30",
            "09:00",
            "Pacific/Apia",
            "Give 2011-12-29 23:59 or earlier, or 2011-12-31 00:00 or later.",
        ),
    ],
)
def test_a_time_that_the_clock_skips(date: str, time: str, zone: str, advice: str) -> None:
    for offset in (None, "-05:00", "-04:00"):
        with pytest.raises(Invalid) as refused:
            local_instant(date=date, time=time, timezone=zone, utc_offset=offset)
        assert refused.value.fields == {"time": [advice]}


@pytest.mark.parametrize(
    ("time", "offset", "utc"),
    [
        ("01:59", None, "06:59"),
        ("03:00", None, "07:00"),
        ("03:00", "-04:00", "07:00"),
    ],
)
def test_the_nearest_real_times_are_a_minute_apart(time: str, offset: str | None, utc: str) -> None:
    instant = local_instant(date="2026-03-08", time=time, timezone=NEW_YORK, utc_offset=offset)
    assert f"{instant:%H:%M}" == utc


def test_a_time_that_happens_twice() -> None:
    said = {"date": "2026-11-01", "time": "01:30", "timezone": NEW_YORK}
    with pytest.raises(Invalid) as asked:
        local_instant(**said)
    assert asked.value.fields == {"utcOffset": ["Say which one: -04:00 or -05:00."]}
    assert local_instant(**said, utc_offset="-04:00") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert local_instant(**said, utc_offset="-05:00") == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_an_offset_must_agree() -> None:
    with pytest.raises(Invalid) as refused:
        local_instant(date="2026-06-01", time="12:00", timezone=NEW_YORK, utc_offset="-05:00")
    assert refused.value.fields == {"utcOffset": ["Give -04:00."]}
    for text in ("", "Z", "-4:00", "-0400", "-04:00:00", "\u221204:00", "-\u0660\u0664:00"):
        with pytest.raises(Invalid) as unreadable:
            local_instant(date="2026-06-01", time="12:00", timezone=NEW_YORK, utc_offset=text)
        assert set(unreadable.value.fields) == {"utcOffset"}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"date": "2026-02-29"}, {"date"}),
        ({"date": "2026-13-01"}, {"date"}),
        ({"date": "20260601"}, {"date"}),
        ({"date": "2026-W23-1"}, {"date"}),
        ({"date": "2026-06-01T00:00"}, {"date"}),
        ({"date": "\u0662\u0660\u0662\u0666-06-01"}, {"date"}),
        ({"date": "0000-01-01"}, {"date"}),
        ({"date": "0001-01-01"}, {"date"}),
        ({"date": "9999-12-31"}, {"date"}),
        ({"date": "2026-06-01\n"}, {"date"}),
        ({"time": "24:00"}, {"time"}),
        ({"time": "12:60"}, {"time"}),
        ({"time": "12:00:00"}, {"time"}),
        ({"time": "9:00"}, {"time"}),
        ({"time": ""}, {"time"}),
        ({"date": "tomorrow", "time": "noon"}, {"date", "time"}),
        ({"timezone": "Mars/Olympus"}, {"timezone"}),
        ({"timezone": "EDT"}, {"timezone"}),
        ({"timezone": ""}, {"timezone"}),
        ({"timezone": "../../etc/passwd"}, {"timezone"}),
        ({"timezone": "/etc/localtime"}, {"timezone"}),
        ({"timezone": "localtime"}, {"timezone"}),
        ({"timezone": "Europe/Paris\0"}, {"timezone"}),
        ({"timezone": "america/new_york"}, {"timezone"}),
    ],
)
def test_nonsense_is_named_by_field(change: dict[str, str], fields: set[str]) -> None:
    said = {"date": "2026-06-02", "time": "12:00", "timezone": NEW_YORK} | change
    with pytest.raises(Invalid) as refused:
        pickup_instant(**said, now=NOW)
    assert set(refused.value.fields) == fields


@given(st.text(), st.text(), zones | st.text(), st.none() | st.text())
def test_no_text_breaks_it(date: str, time: str, zone: str, offset: str | None) -> None:
    try:
        local_instant(date=date, time=time, timezone=zone, utc_offset=offset)
    except Invalid as refused:
        assert refused.fields  # noqa: PT017 - most texts are refused, a few are times


@given(st.dates(), st.times(), zones)
def test_any_calendar_day_has_an_answer(day: Any, clock: Any, zone: str) -> None:
    try:
        instant = local_instant(date=day.isoformat(), time=f"{clock:%H:%M}", timezone=zone)
    except Invalid as refused:
        assert set(refused.fields) <= {"date", "time", "utcOffset"}  # noqa: PT017 - gaps, folds, first and last day
    else:
        local = instant.astimezone(ZoneInfo(zone))
        assert (local.date(), f"{local:%H:%M}") == (day, f"{clock:%H:%M}")


def test_the_bounds_of_what_can_be_booked() -> None:
    documented = {row["rule"]: row["value"] for row in table("lifecycle.md", "Times")}
    assert documented["a pick-up may lie back"] == "5 min"
    assert documented["a pick-up may lie ahead"] == "730 d"

    def book(shift: timedelta) -> datetime:
        local = NOW + shift
        return pickup_instant(date=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}", timezone="UTC", now=NOW)

    minute = timedelta(minutes=1)
    assert book(-5 * minute) == NOW - 5 * minute
    assert book(timedelta(days=730)) == NOW + timedelta(days=730)
    for shift in (-6 * minute, timedelta(days=730) + minute):
        with pytest.raises(Invalid) as refused:
            book(shift)
        assert set(refused.value.fields) == {"date"}


@pytest.mark.parametrize(
    ("date", "time", "zone"),
    [("0001-01-01", "00:00", "Asia/Tokyo"), ("9999-12-31", "23:59", NEW_YORK)],
)
def test_an_instant_beyond_the_calendar_is_a_fault_of_the_date(date: str, time: str, zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        local_instant(date=date, time=time, timezone=zone)
    assert set(refused.value.fields) == {"date"}


def test_a_zone_is_its_iana_name() -> None:
    assert parse_zone("Asia/Dubai") == ZoneInfo("Asia/Dubai")
