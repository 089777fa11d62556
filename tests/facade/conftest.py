"""The facade tests' own tables, made as every table of Atlas is made."""

import pytest

from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from tests.facade.samples import LegItem, RideItem


@pytest.fixture(scope="session", autouse=True)
def samples(store: None) -> None:
    engine = Store.of_settings()
    assert not apply_plan(engine, make_plan(engine, [RideItem, LegItem]))
