"""A sample of the machine; `make bench-faults` runs it a thousand times."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django.fixtures import Settings

from atlas.local.square.testing import SandboxControl
from tests.payments.faults.machine import Money
from tests.payments.faults.points import watched
from tests.payments.faults.world import Tally, broker_of, people

SAMPLE = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def tally(sandbox: SandboxControl, settings: Settings) -> Iterator[Tally]:
    settings.SQUARE_TIMEOUT_SECONDS = 0.3
    Money.sandbox, Money.cast, Money.tally = sandbox, people(), Tally()
    with watched(), broker_of(lambda: Money.current):
        yield Money.tally


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_goes_wrong_the_money_is_right(tally: Tally) -> None:
    run: Any = run_state_machine_as_test
    run(Money, settings=SAMPLE)
    assert tally.reached["ride PAID"]
