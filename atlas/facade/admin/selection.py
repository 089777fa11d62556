"""The items that somebody ticked: how many may be, and reading them by their keys."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from atlas.facade.errors import Refused

IN_REQUEST = 100
"""Items that an action runs for while its user waits."""
MOST = 5000
"""Items that may be selected at all; `DATA_UPLOAD_MAX_NUMBER_FIELDS` has to let them through."""


def selected(request: HttpRequest) -> list[str]:
    """The posted keys, each once, in the order of the list."""
    return list(dict.fromkeys(request.POST.getlist(ACTION_CHECKBOX_NAME)))


def fetch_selected(admin: Any, request: HttpRequest, keys: Sequence[str]) -> dict[str, Any]:
    """Key -> item, of those that are there, as they are this instant. One BatchGetItem per hundred."""
    possible = [key for key in keys if is_key(admin.model, key)]
    try:
        found = list(admin.get_queryset(request).consistent().filter(pk__in=possible)) if possible else []
    except Refused:
        return {}
    return {str(each.pk): each for each in found}


def is_key(model: Any, text: str) -> bool:
    """Whether `text` can be an item's primary key at all: not empty, not longer than DynamoDB takes."""
    try:
        return model.keys_of(model._meta.pk.to_python(text)) is not None
    except (ValidationError, ValueError, TypeError):
        return False
