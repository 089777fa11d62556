"""What reports say of trips: by hand, and as laws."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.reports import Drive, ReportType, table

MORNING = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def drive(vehicle: str, hour: float, hours: float, km: float, **more: object) -> Drive:
    begin = MORNING + timedelta(hours=hour)
    values = {
        "driver": "",
        "score": 100,
        "events": 0,
        "watt_hours": None,
        "start_battery": None,
        "end_battery": None,
        **more,
    }
    return Drive(vehicle, started_at=begin, ended_at=begin + timedelta(hours=hours), metres=km * 1000, **values)  # type: ignore[arg-type]


TWO = [
    drive("A", 0, 2, 100, driver="Ada", score=80, events=4, watt_hours=20_000, start_battery=90.0, end_battery=60.0),
    drive("A", 5, 1, 20, driver="Bob", score=98, events=1, watt_hours=4_000, start_battery=80.0, end_battery=74.0),
    drive("B", 1, 3, 150, driver="Ada", score=100, watt_hours=30_000, start_battery=50.0, end_battery=20.0),
]


@pytest.mark.parametrize(
    ("kind", "rows", "total"),
    [
        (
            ReportType.UTILISATION,
            [("A", "2", "1", "3.0", "12.5"), ("B", "1", "1", "3.0", "12.5")],
            ("all", "3", "2", "6.0", "12.5"),
        ),
        (
            ReportType.MILEAGE,
            [("A", "2", "120.0", "60.0", "100.0"), ("B", "1", "150.0", "150.0", "150.0")],
            ("all", "3", "270.0", "90.0", "150.0"),
        ),
        (
            ReportType.SAFETY,
            [("A", "120.0", "83", "80", "5", "4.2"), ("B", "150.0", "100", "100", "0", "0.0")],
            ("all", "270.0", "92", "80", "5", "1.9"),
        ),
        (
            ReportType.CHARGING,
            [("A", "1", "20", "60", "24.0"), ("B", "0", "0", "20", "30.0")],
            ("all", "1", "20", "20", "54.0"),
        ),
        (
            ReportType.DRIVERS,
            [("Ada", "2", "250.0", "5.0", "92", "4"), ("Bob", "1", "20.0", "1.0", "98", "1")],
            ("all", "3", "270.0", "6.0", "92", "5"),
        ),
    ],
)
def test_by_hand(kind: ReportType, rows: list[tuple[str, ...]], total: tuple[str, ...]) -> None:
    found = table(kind, reversed(TWO), DAY)
    assert found.rows == rows
    assert found.total == total
    assert {len(row) for row in [*found.rows, found.total]} == {len(found.header)}


drives = st.lists(
    st.builds(
        drive,
        st.sampled_from("ABC"),
        st.floats(0, 500),
        st.floats(0, 10),
        st.floats(0, 900),
        driver=st.sampled_from(["", "Ada"]),
        score=st.integers(0, 100),
        events=st.integers(0, 50),
        start_battery=st.none() | st.floats(0, 100),
        end_battery=st.none() | st.floats(0, 100),
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", ReportType)
@given(drives=drives)
def test_laws(kind: ReportType, drives: list[Drive]) -> None:
    """Whatever was driven: rows as wide as the header, the sum of trips is that of the rows, order does not matter."""
    found = table(kind, drives, DAY)
    assert {len(row) for row in [*found.rows, found.total]} == {len(found.header)}
    assert found == table(kind, drives[::-1], DAY) or len({each.started_at for each in drives}) < len(drives)
    if found.header[1] == "trips":
        assert sum(int(row[1]) for row in found.rows) == int(found.total[1]) == len(drives)
    if kind is ReportType.CHARGING:
        assert sum(int(row[1]) for row in found.rows) == int(found.total[1])
