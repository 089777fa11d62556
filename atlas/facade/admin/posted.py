"""A form's values under the names that a browser would post: to put what somebody else wrote into a bound form."""

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm, CheckboxInput


def put(form: BaseForm, name: str, value: Any) -> None:
    """Let the bound `form` show `value` for its field `name`, as if it had been posted."""
    posted: Any = form.data
    data = posted.copy()
    field = form.fields[name]
    html_name = form.add_prefix(name)
    context = field.widget.get_context(html_name, field.prepare_value(value), {})["widget"]
    for key, values in _inputs(context):
        data.setlist(key, values)
    if isinstance(field.widget, CheckboxInput):
        if value:
            data[html_name] = "on"
        else:
            data.pop(html_name, None)
    form.data = data


def _inputs(context: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    if "subwidgets" in context:
        for part in context["subwidgets"]:
            yield from _inputs(part)
        return
    value = context["value"]
    values = value if isinstance(value, list | tuple) else [value]
    yield context["name"], ["" if each is None else str(each) for each in values]
