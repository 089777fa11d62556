"""Every address of the back office, for every table that is registered: what the matrix, the walk and axe look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import URLPattern, reverse


@dataclass(frozen=True)
class Address:
    """`kind` is what kind of page it is: `list`, `change`, `action suspend`, ..."""

    table: str
    kind: str
    path: str


def tables() -> dict[str, Any]:
    """Label -> its admin."""
    return {model._meta.label_lower: each for model, each in admin.site._registry.items()}


def addresses(label: str, key: str) -> Iterator[Address]:
    """All of one table, for the item with this key."""
    table = tables()[label]
    for pattern in table.get_urls():
        name = getattr(pattern, "name", None)
        if not isinstance(pattern, URLPattern) or name is None:
            continue  # Django's redirect of old addresses
        kind = name.removeprefix(f"{table.opts.app_label}_{table.opts.model_name}_")
        wanted = pattern.pattern.converters
        if "action_name" in wanted:
            for action in actions(table):
                path = reverse(f"admin:{name}", kwargs={"object_id": quote(key), "action_name": action})
                yield Address(label, f"action {action}", path)
        elif "object_id" in wanted:
            yield Address(label, kind, reverse(f"admin:{name}", args=[quote(key)]))
        else:
            yield Address(label, kind, reverse(f"admin:{name}"))


def actions(table: Any) -> list[str]:
    """Names of its service actions."""
    return [
        name for name in dict.fromkeys(table.actions or ()) if hasattr(getattr(table, name, None), "service_action")
    ]
