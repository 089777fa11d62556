"""Staff of each kind at their desks."""

import pytest
from django.test import Client

from accounts.rules.roles import Role, StaffRole
from tests.bookings.stage import Cast, browser
from tests.factories import UserFactory


@pytest.fixture
def admin(cast: Cast) -> Client:
    """A superuser's."""
    return browser(cast.admin)


def desk(role: StaffRole) -> Client:
    return browser(UserFactory.create(role=Role.ADMIN, staff_role=role, password=None))
