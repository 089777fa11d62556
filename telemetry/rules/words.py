"""A trip in a sentence or two: what anybody may be told of it, and the plain words that need nobody's service.

"32.4 km in 41 minutes on 1 June 2026 from 12:01 UTC, 58 km/h on average while moving and 104 km/h at most. It was
driven with care: score 96, one hard braking. 6.1 kWh were used, the battery went from 82 % to 71 %."
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from telemetry.rules.safety import Kind

GOOD, FAIR = 90, 70
"""Scores from which a trip was driven with care, or acceptably."""
NAMES = {
    Kind.SPEEDING: ("one stretch of speeding", "{} stretches of speeding"),
    Kind.BRAKING: ("one hard braking", "{} hard brakings"),
    Kind.ACCELERATION: ("one hard acceleration", "{} hard accelerations"),
    Kind.TURN: ("one sharp turn", "{} sharp turns"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a provider of words is told. Neither vehicle nor fleet nor places: these leave no house."""

    started_at: datetime
    distance: float
    """Metres; seconds and m/s below."""
    duration: float
    avg_speed: float
    max_speed: float
    score: int
    events: Mapping[Kind, int]
    energy: int | None = None
    """Watt-hours."""
    start_battery: float | None = None
    end_battery: float | None = None


def in_words(facts: Facts) -> str:
    return " ".join(filter(None, (_way(facts), _manner(facts), _charge(facts))))


def _way(facts: Facts) -> str:
    at = facts.started_at
    return (
        f"{_distance(facts.distance)} in {_time(facts.duration)} on {at.day} {at:%B %Y} from {at:%H:%M} UTC, "
        f"{_pace(facts.avg_speed)} on average while moving and {_pace(facts.max_speed)} at most."
    )


def _manner(facts: Facts) -> str:
    manner = "with care" if facts.score >= GOOD else "acceptably" if facts.score >= FAIR else "roughly"
    said = [_counted(kind, count) for kind in Kind if (count := facts.events.get(kind, 0))]
    return f"It was driven {manner}: score {facts.score}, {_listed(said) or 'without a safety event'}."


def _charge(facts: Facts) -> str:
    said = []
    if facts.energy is not None and facts.energy > 0:
        said.append(f"{facts.energy / 1000:.1f} kWh were used")
    if facts.start_battery is not None and facts.end_battery is not None:
        said.append(f"the battery went from {facts.start_battery:.0f} % to {facts.end_battery:.0f} %")
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _counted(kind: Kind, count: int) -> str:
    one, many = NAMES[kind]
    return one if count == 1 else many.format(count)


def _listed(said: list[str]) -> str:
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1] if said else ""


def _distance(metres: float) -> str:
    return f"{metres / 1000:.1f} km" if metres >= 1000 else f"{metres:.0f} m"  # noqa: PLR2004


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return "less than a minute" if not rest else "a minute" if rest == 1 else f"{rest} minutes"
    return f"{hours} h {rest:02} min"


def _pace(speed: float) -> str:
    return f"{speed * 3.6:.0f} km/h"
