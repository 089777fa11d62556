from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import models
from accounts.rules.roles import Role
from accounts.tables import User
from fleet.factories import DriverFactory, OperatorFactory, VehicleFactory
from fleet.tables import Driver, Operator, Vehicle
from tests.factories import UserFactory

SignIn = Callable[[str | User], APIClient]


@pytest.fixture
def sign_in() -> SignIn:
    """A client that is signed in as a user, or as the user with an id."""

    def signed_in(who: str | User) -> APIClient:
        client = APIClient()
        user = User.fetch(who) if isinstance(who, str) else who
        client.force_authenticate(models.User.from_item(user))
        return client

    return signed_in


@pytest.fixture
def operator() -> Operator:
    return OperatorFactory.create()


@pytest.fixture
def owner(operator: Operator) -> User:
    return User.fetch(operator.user_id)


@pytest.fixture
def driver(operator: Operator) -> Driver:
    return DriverFactory.create(operator=operator)


@pytest.fixture
def vehicle(operator: Operator) -> Vehicle:
    return VehicleFactory.create(operator=operator)


@pytest.fixture
def api(sign_in: SignIn, owner: User) -> APIClient:
    """The operator's."""
    return sign_in(owner)


@pytest.fixture
def rival() -> Operator:
    """Another company."""
    return OperatorFactory.create()


@pytest.fixture
def admin_api(sign_in: SignIn) -> APIClient:
    return sign_in(UserFactory.create(role=Role.ADMIN, password=None))


def post(api: APIClient, path: str, body: Any, **headers: str) -> Any:
    return api.post(f"/api/v1/{path}", body, format="json", headers=headers)


def patch(api: APIClient, path: str, body: Any, **headers: str) -> Any:
    return api.patch(f"/api/v1/{path}", body, format="json", headers=headers)
