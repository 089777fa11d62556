"""A sample of the machine; `make bench-faults` plays a thousand runs."""

from collections.abc import Iterator

import pytest

from atlas.local.square.testing import SandboxControl
from tests.payments.faults.playing import arena, play
from tests.payments.faults.world import Tally

RUNS = 25


@pytest.fixture
def tally(sandbox: SandboxControl) -> Iterator[Tally]:
    with arena(sandbox) as told:
        yield told


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_whatever_goes_wrong_the_money_is_right(tally: Tally) -> None:
    play(runs=RUNS, start=1)
    assert tally.runs >= RUNS
    assert tally.reached["ride PAID"]
    assert tally.reached["payment REFUNDED"] + tally.reached["payment VOIDED"]
