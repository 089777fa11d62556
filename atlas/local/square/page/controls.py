"""The levers: clock, faults, webhooks."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from .markup import Html, join, tag
from .parts import button_form, choice, form, number, text, when

_KINDS = {
    "error_before": "answer with an error, nothing done",
    "error_after": "do it, then answer with an error",
    "timeout_before": "never answer, nothing done",
    "timeout_after": "do it, never answer",
    "drop_before": "break the connection, nothing done",
    "drop_after": "do it, break the connection",
    "slow": "answer late",
}
_WAYS = {"deliver": "deliver", "hold": "hold until released", "drop": "lose"}
_ORDERS = {"fifo": "in order", "reverse": "the last first", "shuffle": "shuffled"}


def clock_panel(found: Mapping[str, Any]) -> Html:
    offset = timedelta(seconds=int(found["offset_seconds"]))
    return _panel(
        "Clock",
        tag("p", when(found["now"]), f" UTC, {offset} ahead" if offset else " UTC"),
        form(
            "clock",
            "Advance",
            number("count", "By", 7, least=1),
            choice("unit", "Unit", {"days": "days", "hours": "hours", "minutes": "minutes"}, "days"),
        ),
        tag("p", "Forward only. Holds lapse after seven days; refunds settle.", class_="quiet"),
    )


def faults_panel(faults: Sequence[Mapping[str, Any]]) -> Html:
    waiting = [
        tag(
            "li",
            f"{each['kind']} for the next {each['count']} of {each['method']} {each['path'] or 'any call'}".strip(),
        )
        for each in faults
    ]
    return _panel(
        "Failing calls",
        join((tag("ul", *waiting), button_form("mend-calls", "Let calls through"))) if waiting else None,
        form(
            "fault",
            "Fail the next calls",
            choice("kind", "How", _KINDS, "error_before"),
            number("count", "How many", 1, least=1),
            text("path", "Path contains", "/complete"),
            number("status", "Status of errors", 500, least=400),
            number("delay_ms", "Late by, ms", 0),
        ),
    )


def webhooks_panel(found: Mapping[str, Any]) -> Html:
    policy = found["policy"]
    chosen = "drop" if policy["dropped"] else "hold" if policy["paused"] else "deliver"
    url = found["webhook_url"]
    return _panel(
        "Sending webhooks",
        tag("p", "To ", tag("code", url)) if url else tag("p", "Nobody is told: no address was given.", class_="quiet"),
        form(
            "webhooks",
            "From now on",
            choice("way", "What happens", _WAYS, chosen),
            number("duplicate", "Extra copies", policy["duplicate"]),
            number("delay_ms", "Delay, ms", policy["delay_ms"]),
        ),
        form("release", "Release what is held", choice("order", "Order", _ORDERS, "fifo")),
    )


def _panel(title: str, *content: Html | None) -> Html:
    return tag("section", tag("h2", title), *content, class_="panel")
