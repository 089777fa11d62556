"""Card numbers wherever there is room for text: in bodies of the API, in the forms of pages, in what others send."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle
from typing import Any

VISA, MASTERCARD, AMEX = "4929051783342267", "5582 0196 3407 7155", "3751-490238-64111"
"""As machines, cards and people write them; nobody's, and of no other test."""
NUMBERS = (VISA, MASTERCARD, AMEX)
_next = cycle(NUMBERS)
TYPED = {"", "text", "search", "email", "url", "tel", "password", "hidden", "number", "date", "time"}
"""Kinds of inputs that a browser, or somebody without one, can send any text in."""
KEPT = {"csrfmiddlewaretoken", "action", "confirmed", "_selected_action", "index", "once", "click"}
"""What has to be right for a form to be looked at; each is tried by itself besides."""


def number() -> str:
    """Another way of writing one each time."""
    return next(_next)


def fillings(body: Any) -> Iterator[Any]:
    """Bodies that are right but for one text, which is a number; or has one in it; and one with a member too many."""
    for path in _texts(body):
        for text in (number(), f"Pay with {number()}, please"):
            changed = deepcopy(body)
            place = changed
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = text
            yield changed
    if isinstance(body, dict):
        yield {**body, "note": number(), number(): "as a name"}


def _texts(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the texts stand."""
    members: Any = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in members:
        if isinstance(value, str):
            yield (*path, name)
        else:
            yield from _texts(value, (*path, name))


@dataclass
class Form:
    """One of a page, with what it would send as it stands."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    """Fields that take text."""

    @property
    def shape(self) -> tuple[str, ...]:
        """The same for forms that ask for the same: the last part of the address, and the fields."""
        return (self.method, self.action.rstrip("/").rpartition("/")[2], *sorted(self.values))

    def filled(self) -> Iterator[dict[str, str]]:
        """Numbers in all that takes text; and in each by itself, among fields that are left as they are."""
        yield {**self.values, **{name: number() for name in self.typed if name not in KEPT}}
        for name in self.typed:
            yield {**{each: value or "x" for each, value in self.values.items()}, name: f"card {number()}"}


class Forms(HTMLParser):
    """The forms of a page: `Forms.of(html)`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    @classmethod
    def of(cls, html: str) -> list[Form]:
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.found.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._form.values.setdefault(name, given.get("value", ""))
            if given.get("type", "") in TYPED and "_set-" not in name:  # Django counts the rows inside a page itself
                self._form.typed.append(name)
        elif tag == "textarea":
            self._form.values[name] = ""
            self._form.typed.append(name)
        elif tag == "select":
            self._select = name
            self._form.values[name] = ""
        elif tag == "option" and self._select and not self._form.values.get(self._select):
            self._form.values[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
