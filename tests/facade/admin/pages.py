"""What tests look for in a page of the admin, and the form that a browser would send from it."""

from html.parser import HTMLParser
from typing import Any

from django.contrib.messages import get_messages


def told(response: Any) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def rows(response: Any) -> list[str]:
    """The items of a list, as they call themselves."""
    return [str(item) for item in response.context["cl"].result_list]


class _Inputs(HTMLParser):
    """The fields of the form with an id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.found: dict[str, Any] = {}
        self.select = ""
        self.area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not self.inside:
            return
        if tag == "input" and name and given.get("type") not in ("submit", "button"):
            if given.get("type") == "checkbox" and "checked" not in given:
                return
            self.found[name] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self.area = name
            self.found[name] = ""
        elif tag == "select":
            self.select = name
            self.found[name] = ""
        elif tag == "option" and self.select and "selected" in given:
            self.found[self.select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.found[self.area] = self.found[self.area].strip()
            self.area = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data


def filled_in(response: Any, form_id: str = "parcel_form", **changes: Any) -> dict[str, Any]:
    """What sending the page's form would post, with `changes`; one that is None is left out."""
    parser = _Inputs(form_id)
    parser.feed(response.content.decode())
    assert parser.found, "no form on this page"
    posted = {name: value for name, value in parser.found.items() if "__prefix__" not in name}
    posted.update(changes)
    return {name: value for name, value in posted.items() if value is not None}
