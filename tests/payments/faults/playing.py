"""Runs of the machine, for a test as for the bench: who must stand by, and how many are played."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.test import override_settings
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import get_state_machine_test

from atlas.local.square.testing import SandboxControl
from tests.payments.faults.choices import Plot
from tests.payments.faults.machine import Money
from tests.payments.faults.points import watched
from tests.payments.faults.world import Tally, broker_of, people

STEPS = 20
PATIENCE_SECONDS = 0.3
"""How long Atlas waits for Square: the sandbox answers in milliseconds, and a time-out shall not take long."""


@contextmanager
def arena(sandbox: SandboxControl) -> Iterator[Tally]:
    """The machine's process-wide surroundings. `sandbox` must be the one of the settings."""
    Money.sandbox, Money.tally = sandbox, Tally()
    with override_settings(SQUARE_TIMEOUT_SECONDS=PATIENCE_SECONDS, OPEN_REQUEST_SHARDS=1):
        Money.cast, Money.finance = people()
        with watched(), broker_of(lambda: Money.current):
            yield Money.tally


def play(*, runs: int, start: int, plots: Sequence[Plot] = tuple(Plot)) -> None:
    """So many runs, the same for the same `start`. Raises what the first one fails with, its steps in the notes."""
    Money.plots = tuple(plots)
    how = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    seed(start)(get_state_machine_test(Money, settings=how))()
