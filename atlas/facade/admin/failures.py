"""What a rule or a service refuses, as errors of a form or as a sentence."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.forms import BaseForm

from atlas.errors import AtlasError
from atlas.web import sentence

Failure = AtlasError | ValidationError
FAILURES = (AtlasError, ValidationError)

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def words(failure: Failure) -> str:
    """For people, in one line."""
    return sentence(failure) if isinstance(failure, AtlasError) else " ".join(failure.messages)


def tell(form: BaseForm, failure: Failure, model: type[Model]) -> None:
    """Put a failure on the fields it is about; what no field of the form shows goes above them all."""
    told = False
    for name, message in _faults(failure):
        field = _field_name(name, form, model)
        told = True
        if field is None:
            form.add_error(None, f"{name}: {message}" if name not in ("", NON_FIELD_ERRORS) else message)
        else:
            form.add_error(field, message)
    if not told:
        form.add_error(None, words(failure))


def _faults(failure: Failure) -> Iterator[tuple[str, str]]:
    fields: Iterable[tuple[str, Iterable[Any]]]
    if isinstance(failure, AtlasError):
        fields = failure.fields.items()
    elif hasattr(failure, "error_dict"):
        fields = failure.message_dict.items()
    else:
        fields = [("", failure.messages)]
    for name, messages in fields:
        yield from ((name, str(message)) for message in messages)


def _field_name(name: str, form: BaseForm, model: type[Model]) -> str | None:
    """The form's field of a fault: services say `pickupAt` or `details.pickup.lat`, the model `pickup_at`."""
    first = name.partition(".")[0]
    candidates = {first, _HUMP.sub("_", first).lower()}
    for field in model._meta.concrete_fields:
        if candidates & {field.name, field.attname, field.column}:
            candidates |= {field.name}
    return next((each for each in candidates if each in form.fields), None)
