"""Trips in plain words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.safety import Kind
from telemetry.rules.words import Facts, in_words

FACTS = Facts(datetime(2026, 6, 1, 12, 1, tzinfo=UTC), 32_400, 2_460, 16.1, 28.9, 96, {Kind.BRAKING: 1}, 6_100, 82, 71)


def test_a_trip_in_words() -> None:
    assert in_words(FACTS) == (
        "32.4 km in 41 minutes on 1 June 2026 from 12:01 UTC, 58 km/h on average while moving and 104 km/h at most. "
        "It was driven with care: score 96, one hard braking. 6.1 kWh were used, the battery went from 82 % to 71 %."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duration": 20.0, "distance": 130.0}, "130 m in less than a minute"),
        ({"duration": 60.0}, "in a minute"),
        ({"duration": 7_500.0}, "in 2 h 05 min"),
        ({"events": {}}, "score 96, without a safety event."),
        ({"score": 70}, "driven acceptably"),
        ({"score": 12}, "driven roughly"),
        (
            {"events": {Kind.TURN: 3, Kind.SPEEDING: 2, Kind.ACCELERATION: 1}},
            "2 stretches of speeding, one hard acceleration and 3 sharp turns.",
        ),
        ({"energy": None}, ". The battery went from 82 % to 71 %."),
        ({"energy": -40, "start_battery": None}, "one hard braking."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_part(changes: dict[str, object], said: str) -> None:
    assert said in in_words(replace(FACTS, **changes))  # type: ignore[arg-type]


@given(st.integers(0, 100), st.dictionaries(st.sampled_from(Kind), st.integers(0, 9)), st.floats(0, 1e6))
def test_it_is_always_whole_sentences(score: int, events: dict[Kind, int], duration: float) -> None:
    text = in_words(replace(FACTS, score=score, events=events, duration=duration))
    assert text.endswith(".")
    assert "  " not in text
    assert ", ." not in text
