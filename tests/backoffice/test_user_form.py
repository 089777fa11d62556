"""The form of a person: what staff may change there, and what it makes of nonsense."""

from typing import Any

import pytest
from django.test import Client

from accounts.rules.roles import Role
from accounts.tables import User
from tests.bookings.stage import browser
from tests.factories import UserFactory


@pytest.fixture
def admin() -> Client:
    return browser(UserFactory.create(role=Role.ADMIN))


@pytest.fixture
def person() -> User:
    return UserFactory.create(role=Role.CONCIERGE)


def form_of(client: Client, person: User) -> tuple[str, dict[str, Any]]:
    """Its address, and what a browser would post of it."""
    address = f"/admin/accounts/user/{person.id}/change/"
    context = client.get(address).context
    forms = [context["adminform"].form, *(each.formset.management_form for each in context["inline_admin_formsets"])]
    return address, {bound.html_name: bound.value() for form in forms for bound in form if bound.value() is not None}


def test_their_settings_are_their_own(admin: Client, person: User) -> None:
    address, form = form_of(admin, person)
    assert "settings" not in form
    answer = admin.post(address, {**form, "name": "Somebody Else", "settings": ""})
    assert answer.status_code == 302
    stored = User.fetch(person.id)
    assert stored.name == "Somebody Else"
    assert stored.settings.attribute_values == person.settings.attribute_values


@pytest.mark.parametrize("avatar", ["javascript:alert(1)", "data:text/html,x", "no address", "ftp://example.com/a.png"])
def test_a_picture_is_on_the_web(admin: Client, person: User, avatar: str) -> None:
    address, form = form_of(admin, person)
    answer = admin.post(address, {**form, "avatar": avatar})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["avatar"]
    assert User.fetch(person.id).avatar == person.avatar
