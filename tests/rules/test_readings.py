"""A reading is checked once, where it comes in; what is wrong with it has a code."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.latest import NOTHING, newest
from telemetry.rules.reading import Reading, instant, read
from telemetry.rules.refusals import CODES, Refused
from tests.telemetry.drives import NOON

NOW = NOON + 3_600_000
GOOD = {"timestamp": NOON, "lat": 40.7581, "lng": -73.985}


def refusal(raw: object) -> str:
    with pytest.raises(Refused) as refused:
        read(raw, now=NOW)
    return refused.value.code


def test_a_reading_is_kept_in_its_units() -> None:
    found = read(
        {
            "timestamp": "2026-06-01T12:00:00.250Z",
            "lat": 40.7581234567,
            "lng": -73.985,
            "speed": 8.333,
            "heading": 360,
            "odometer": 22_683_600.4,
            "batteryLevel": 75.04,
            "locked": False,
            "tirePressure": 2.9,
            "vin": "1M8GDM9AXKP042788",
            "insideTemp": None,
        },
        now=NOW,
    )
    assert found.at == NOON + 250
    assert found.point is not None
    assert found.point[1:7] == (40_758_123, -73_985_000, 833, 0, 22_683_600, 750)
    assert found.values["speed"] == 8.33
    assert found.values["locked"] is False
    assert found.extra == {"tirePressure": 2.9}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"timestamp": None}, "timestamp_missing"),
        ({"timestamp": "noon"}, "timestamp_invalid"),
        ({"timestamp": "2026-06-01T12:00:00"}, "timestamp_invalid"),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, "clock_not_set"),
        ({"timestamp": float("nan")}, "timestamp_invalid"),
        ({"timestamp": 1e300}, "timestamp_invalid"),
        ({"timestamp": True}, "timestamp_invalid"),
        ({"timestamp": NOW + 61_000}, "clock_ahead"),
        ({"timestamp": 0}, "clock_not_set"),
        ({"timestamp": "1980-01-06T00:00:10Z"}, "clock_not_set"),
        ({"lat": 90.1}, "position_invalid"),
        ({"lng": "9"}, "position_invalid"),
        ({"lng": None}, "position_invalid"),
        ({"lat": float("nan")}, "position_invalid"),
        ({"lat": 0, "lng": 0.0}, "no_fix"),
        ({"speed": -0.1}, "speed_invalid"),
        ({"speed": 151}, "speed_invalid"),
        ({"heading": 361}, "heading_invalid"),
        ({"odometer": -1}, "odometer_invalid"),
        ({"batteryLevel": 101}, "battery_invalid"),
        ({"locked": 1}, "value_invalid"),
        ({"shiftState": "D\n"}, "value_invalid"),
        ({"nested": {"a": 1}}, "value_invalid"),
        ({"not a name": 1}, "value_invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_what_is_wrong_has_a_code(change: dict[str, Any], code: str) -> None:
    assert refusal({**GOOD, **change}) == code
    assert code in CODES


@pytest.mark.parametrize("raw", [None, 7, "reading", [GOOD]], ids=["nothing", "number", "text", "list"])
def test_what_is_no_object_is_malformed(raw: object) -> None:
    assert refusal(raw) == "malformed"


CARD = "4111 1111 1111 1111"


def test_nothing_like_a_card_number_is_kept() -> None:
    said = read({**GOOD, "shiftState": f"paid {CARD}", "note": f"with {CARD}, please"}, now=NOW)
    assert CARD not in str(said)
    assert said.values["shiftState"].startswith("paid ")  # type: ignore[union-attr]
    for wrong in ({"n": 4222222222222}, {"n": 4222222222222.0}, {f"_{CARD.replace(' ', '')}": 1}):
        assert refusal({**GOOD, **wrong}) == "value_invalid"
    assert read({**GOOD, "seenAt": 1_780_315_200_000}, now=NOW).extra["seenAt"] == 1_780_315_200_000


def test_nothing_but_a_time_is_empty() -> None:
    assert refusal({"timestamp": NOON, "vin": "1M8GDM9AXKP042788"}) == "empty"


def test_seconds_milliseconds_and_text_are_one_time() -> None:
    assert instant(NOON / 1000) == instant(NOON) == instant("2026-06-01T14:00:00+02:00") == NOON


def test_a_counter_of_weeks_that_ran_over_is_set_right() -> None:
    weeks = 1024 * 7 * 86_400_000
    assert read({**GOOD, "timestamp": NOON - weeks}, now=NOW).at == NOON


def test_a_clock_a_little_fast_is_believed() -> None:
    assert read({**GOOD, "timestamp": NOW + 60_000}, now=NOW).at == NOW + 60_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["timestamp", "lat", "lng", "speed", "heading", "locked", "shiftState", "mine"]) | st.text(
    max_size=9
)


@given(st.dictionaries(names, json_values, max_size=8))
def test_whatever_is_sent_is_read_or_refused(raw: dict[str, Any]) -> None:
    with suppress(Refused):
        assert isinstance(read(raw, now=NOW), Reading)


said = st.builds(
    Reading,
    at=st.integers(0, 12),
    point=st.none(),
    values=st.dictionaries(st.sampled_from(["speed", "locked", "batteryLevel"]), st.integers(0, 3), max_size=3),
    extra=st.dictionaries(
        st.sampled_from(["tires", "mode"]), st.text("ab", max_size=1) | st.integers(0, 2), max_size=2
    ),
)


@given(st.lists(said, max_size=9), st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_latest_state_does_not_depend_on_order_repetition_or_batches(
    readings: list[Reading], luck: Any, size: int
) -> None:
    shuffled = [*readings, *readings[: len(readings) // 2]]
    luck.shuffle(shuffled)
    state = NOTHING
    for start in range(0, len(shuffled), size):
        state = newest(state, shuffled[start : start + size])
    assert state == newest(NOTHING, readings)


def test_a_field_that_is_not_said_again_stays() -> None:
    state = newest(NOTHING, [Reading(1, None, {"batteryLevel": 80}), Reading(2, None, {"speed": 3.0})])
    assert state.values == {"batteryLevel": 80, "speed": 3.0}
    assert state.older == {"batteryLevel": 1}
    late = newest(state, [Reading(0, None, {"batteryLevel": 81, "locked": True})])
    assert late.values == {"batteryLevel": 80, "speed": 3.0, "locked": True}
