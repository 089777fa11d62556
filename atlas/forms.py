"""Forms of pages whose values are checked by the API's own serializers: what may be sent is said in one place."""

import re
from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from atlas.api.exceptions import translate
from atlas.api.serializers import Serializer, validated, wire_name
from atlas.card_numbers import REFUSAL, has_card_number
from atlas.errors import AtlasError

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class NoCardNumbers(forms.BaseForm):
    """Mixed into a form: what looks like a card number is refused at its input, and not shown again."""

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.PasswordInput):  # stored as a digest alone
                continue
            key = self.add_prefix(name)
            typed = field.widget.value_from_datadict(self.data, self.files, key)
            if has_card_number(" | ".join(map(str, typed)) if isinstance(typed, list) else str(typed or "")):
                self._empty(key)
                self.errors.pop(name, None)  # an error of the field's own may quote it
                self.add_error(name, forms.ValidationError(_(REFUSAL), code="card_number"))
        return cleaned

    def _empty(self, key: str) -> None:
        data: Any = copy(self.data)  # the request's own may not be changed
        data[key] = ""
        self.data = data


class ApiForm(NoCardNumbers, forms.Form):
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
