"""What several parts of the page look like."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .markup import Child, Html, join, tag

_TONES = {
    "COMPLETED": "good",
    "delivered": "good",
    "APPROVED": "held",
    "PAID": "good",
    "UNPAID": "held",
    "PARTIALLY_PAID": "held",
    "PENDING": "held",
    "pending": "held",
    "held": "held",
    "WON": "good",
    "EVIDENCE_REQUIRED": "held",
    "PROCESSING": "held",
    "LOST": "bad",
    "ACCEPTED": "bad",
    "FAILED": "bad",
    "REJECTED": "bad",
    "abandoned": "bad",
    "dropped": "bad",
}


def section(name: str, title: str, listed: Mapping[str, Any] | None, content: Html) -> Html:
    """A list with its heading, and the way to what is older."""
    count = tag("span", listed["count"], class_="count") if listed else None
    older = listed["older"] if listed else None
    link = tag("p", tag("a", "Older", href=f"/?{name}={older}#{name}", rel="next")) if older else None
    return tag("section", tag("h2", title, " ", count), content, link, id=name, aria_label=title)


def table(heads: Sequence[str], rows: Iterable[Sequence[Child]]) -> Html:
    lines = [
        tag("tr", *(tag("td", cell, data_label=head) for head, cell in zip(heads, row, strict=True))) for row in rows
    ]
    if not lines:
        return tag("p", "None.", class_="quiet")
    header = tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads)))
    return tag("div", tag("table", header, tag("tbody", *lines)), class_="scroll", tabindex=0)


def badge(state: str) -> Html:
    return tag("span", state.lower(), class_=f"badge {_TONES.get(state, 'quiet')}")


def money(amount: Mapping[str, Any] | None) -> Html | None:
    if amount is None:
        return None
    return tag("span", f"{amount['amount'] / 100:,.2f} {amount['currency']}", class_="money")


def when(moment: str) -> Html:
    """``2026-12-24T08:30:00.000Z`` for people."""
    return tag("time", moment[:19].replace("T", " "), datetime=moment)


def button_form(deed: str, label: str, *, danger: bool = False, **hidden: str) -> Html:
    fields = join(tag("input", type="hidden", name=name, value=value) for name, value in hidden.items())
    button = tag("button", label, class_="danger" if danger else None)
    return tag("form", fields, button, method="post", action=f"/page/{deed}", class_="inline")


def form(deed: str, label: str, *fields: Html) -> Html:
    return tag("form", *fields, tag("button", label), method="post", action=f"/page/{deed}")


def number(name: str, label: str, value: int, *, least: int = 0) -> Html:
    control = tag("input", type="number", name=name, value=str(value), min=str(least), step="1", required=True)
    return tag("label", tag("span", label), control)


def text(name: str, label: str, hint: str) -> Html:
    return tag("label", tag("span", label), tag("input", name=name, placeholder=hint, autocomplete="off"))


def choice(name: str, label: str, options: Mapping[str, str], chosen: str) -> Html:
    listed = [tag("option", word, value=value, selected=value == chosen) for value, word in options.items()]
    return tag("label", tag("span", label), tag("select", *listed, name=name))
