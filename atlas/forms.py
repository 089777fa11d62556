"""Forms of pages whose values are checked by the API's own serializers: what may be sent is said in one place."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from atlas.api.exceptions import translate
from atlas.api.serializers import Serializer, validated, wire_name
from atlas.errors import AtlasError

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class ApiForm(forms.Form):
    """Reads what a browser sends as text; `serializer` then decides. `values` is what the service takes."""

    serializer: ClassVar[type[Serializer]]
    values: dict[str, Any]

    def body(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The same as JSON, in the names of the wire. Empty inputs are left out."""
        return {wire_name(name): value for name, value in cleaned.items() if value not in (None, "")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.values = validated(self.serializer(data=self.body(cleaned)))
            except ValidationError as error:
                show_errors(self, translate(error))
        return cleaned


def show_errors(form: forms.Form, error: AtlasError) -> None:
    """What was refused, beside the inputs it names (`details.pickupLocation` -> `pickup_location`), or above them."""
    for path, messages in error.fields.items():
        form.add_error(_field(form, path), [_(message) for message in messages])
    if not error.fields:
        form.add_error(None, _(error.message))


def _field(form: forms.Form, path: str) -> str | None:
    """The innermost part of the path that the form has an input for."""
    for part in reversed(path.split(".")):
        for name in (_CAPITAL.sub("_", part).lower(), f"{_CAPITAL.sub('_', part).lower()}_location"):
            if name in form.fields:
                return name
    return None
