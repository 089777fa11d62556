"""Every staff role on every address of every table: what opens is what the one table of rights says, nothing else."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts import staff
from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from tests.backoffice.items import stored_keys
from tests.backoffice.pages import actions, addresses, tables
from tests.bookings.stage import browser
from tests.factories import UserFactory

ROOT = Path(settings.BASE_DIR)
OPEN = {200, 302}
"""A page, or on to where it is: an item that a service made cannot be added by hand, and is sent back."""
NEEDS = {
    "changelist": "view",
    "change": "view",
    "history": "view",
    "add": "add",
    "delete": "delete",
    "export": "export",
    "resolve": "resolve",
    "reconcile": "reconcile",
    "statement": "export",
    "taxes": "view",
    "record": "record",
}
"""Kind of page -> the right that it asks for; a page of a kind that stands not here fails."""
UNCONDITIONAL = {"/admin/", "/admin/login/", "/admin/logout/", "/admin/password_change/", "/admin/jsi18n/"}


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    return stored_keys()


@pytest.fixture(scope="module")
def people() -> dict[StaffRole, User]:
    return {role: UserFactory.create(role=Role.ADMIN, staff_role=role) for role in StaffRole}


@pytest.mark.parametrize("label", sorted(tables()))
@pytest.mark.parametrize("role", StaffRole)
def test_what_opens_is_what_the_table_of_rights_says(
    label: str, role: StaffRole, keys: dict[str, str], people: dict[StaffRole, User]
) -> None:
    user, client = people[role], browser(people[role], raise_request_exception=False)
    table = tables()[label]
    for address in addresses(label, keys[label]):
        ask: Any = client.post if address.kind == "export" else client.get
        answer = ask(address.path)
        if may_open(user, table, address.kind):
            assert answer.status_code in OPEN | {400, 405, 409}, (address, answer.status_code)
        else:
            assert answer.status_code == 403, (address, answer.status_code)


def may_open(user: User, table: Any, kind: str) -> bool:
    label = table.opts.label_lower
    if kind.startswith("action "):
        act = getattr(type(table), kind.removeprefix("action ")).service_action
        return staff.may_perm(user, act.perm(table)) and may_look(user, label)
    if kind == "add":
        return table.addable and staff.may(user, "add", label)
    if kind == "delete":
        return table.deletable and staff.may(user, "delete", label)
    return may_look(user, label) if NEEDS[kind] == "view" else staff.may(user, NEEDS[kind], label)


def may_look(user: User, label: str) -> bool:
    return staff.may(user, "view", label) or staff.may(user, "change", label)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_opens_any(role: Role, keys: dict[str, str]) -> None:
    client = browser(UserFactory.create(role=role), raise_request_exception=False)
    for label, key in keys.items():
        for address in addresses(label, key):
            assert client.get(address.path).status_code == 403, address


def test_a_stranger_is_sent_to_sign_in(keys: dict[str, str]) -> None:
    for label, key in keys.items():
        for address in addresses(label, key):
            answer = Client().get(address.path)
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in/"), address


def test_every_address_of_the_site_is_one_of_these() -> None:
    """One that somebody adds beside the tables' own must be looked at here too."""
    known = {str(pattern.pattern) for table in tables().values() for pattern in table.get_urls()}
    for path, pattern in admin_patterns(get_resolver(), "/"):
        tail = str(pattern.pattern)
        assert path in UNCONDITIONAL | EXTRA or "(?P<app_label>" in tail or tail in known, path


EXTRA = {
    "/admin/password_change/done/",
    "/admin/autocomplete/",
    "/admin/r/<path:content_type_id>/<path:object_id>/",
    r"/admin/(?P<url>.*)$",
}


def admin_patterns(resolver: Any, prefix: str) -> Any:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if not path.startswith("/admin/"):
            continue
        if isinstance(each, URLPattern):
            yield path, each
        else:
            yield from admin_patterns(each, path)


def test_every_right_is_asked_for() -> None:
    """A row of rights that names no table, or that nothing asks for, is a slip."""
    registered = tables()
    acts = {perm for table in registered.values() for perm in perms_of(table)}
    asked = "".join(path.read_text() for app in settings.ATLAS_APPS for path in (ROOT / app).rglob("*.py"))
    for label, verb in staff.RIGHTS:
        assert label in registered, label
        app_label, _, model = label.partition(".")
        stock = {"view", "add", "change", "delete", "export"}
        perm = f"{app_label}.{verb}_{model}"
        assert verb in stock or perm in acts or f'"{verb}"' in asked or f'"{perm}"' in asked, (label, verb)


def perms_of(table: Any) -> list[str]:
    """What its actions ask for; one may ask for a right on another table."""
    return [getattr(type(table), name).service_action.perm(table) for name in actions(table)]
