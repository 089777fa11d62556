"""Parcels in tables of their own, and somebody who may look after them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules.roles import Role
from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from tests.facade.parcels.admin import Journal
from tests.facade.parcels.admin import journal as the_journal
from tests.facade.parcels.models import DepotItem, LabelItem, ParcelItem, StopItem
from tests.factories import UserFactory

START = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
numbers = count(1)

TABLES = (DepotItem, LabelItem, ParcelItem, StopItem)
MakeParcel = Callable[..., ParcelItem]


@pytest.fixture(autouse=True)
def parcels(store: None, settings: Any) -> Iterator[None]:
    """Empty tables, and the addresses of the admin of parcels."""
    engine = Store.of_settings()
    apply_plan(engine, make_plan(engine, TABLES))
    settings.ROOT_URLCONF = "tests.facade.parcels.urls"
    yield
    for table in TABLES:
        with table.batch_write() as batch:
            for item in table.scan():
                batch.delete(item)


@pytest.fixture
def journal() -> Journal:
    the_journal.rows.clear()
    return the_journal


@pytest.fixture
def staff() -> User:
    return User.from_item(UserFactory.create(role=Role.ADMIN))


@pytest.fixture
def admin(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture
def parcel() -> MakeParcel:
    """`parcel(note="x")`: stored, each sent a minute after the one before."""

    def make(**values: Any) -> ParcelItem:
        number = next(numbers)
        item = ParcelItem(
            **{
                "id": str(uuid4()),
                "reference": f"PAR-{number:05d}",
                "sent_at": START + timedelta(minutes=number),
                **values,
            }
        )
        item.save()
        return item

    return make
