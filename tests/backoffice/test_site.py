"""Who comes into the back office, and how it says no."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.rules.roles import Role
from tests.bookings.stage import browser
from tests.factories import UserFactory

INDEX = "/admin/"


def test_a_stranger_signs_in_on_the_portal_and_comes_back() -> None:
    answer = Client().get("/admin/accounts/user/?q=a%40b.example")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("accounts:sign_in") + "?next=/admin/accounts/user/%3Fq%3Da%2540b.example"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
@pytest.mark.parametrize("path", [INDEX, "/admin/accounts/user/", "/admin/login/", "/admin/nothing/"])
def test_who_is_no_staff_never_enters(role: Role, path: str) -> None:
    assert browser(UserFactory.create(role=role)).get(path).status_code == 403


def test_staff_enter() -> None:
    assert browser(UserFactory.create(role=Role.ADMIN)).get(INDEX).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(elsewhere: str) -> None:
    answer = browser(UserFactory.create(role=Role.ADMIN)).get("/admin/login/", {"next": elsewhere})
    assert (answer.status_code, answer["Location"]) == (302, INDEX)
