from typing import Any

import pytest
from django.test import Client

from accounts.tables import User
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def only_accounts(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.accounts.urls"


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada Byron")
    return user


@pytest.fixture
def api() -> Client:
    return Client(headers={"Accept": "application/json"})
