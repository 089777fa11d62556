"""A sample of the machine; `make bench-faults` plays a thousand runs."""

from collections.abc import Iterator

import pytest

from atlas.local.square.testing import SandboxControl
from tests.payments.faults.choices import DEEDS, WEIGHED, Plot
from tests.payments.faults.playing import arena, play
from tests.payments.faults.world import Tally

RUNS = 4
"""Of each plot."""
ASKS = {
    Plot.RIDES: "POST payments",
    Plot.CARDS: "POST cards",
    Plot.PRICES: "POST payments/*/complete",
    Plot.DISPUTES: "POST payments/*/complete",
    Plot.ACCOUNT: "POST invoices/*/publish",
}
"""What a plot asks of Square if it comes anywhere."""


@pytest.fixture
def tally(sandbox: SandboxControl) -> Iterator[Tally]:
    with arena(sandbox) as told:
        yield told


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plot", list(Plot), ids=[plot.name.lower() for plot in Plot])
def test_whatever_goes_wrong_the_money_is_right(tally: Tally, plot: Plot) -> None:
    play(runs=RUNS, start=1, plots=[plot])
    assert tally.plots[plot] >= RUNS
    assert tally.calls[ASKS[plot]]


def test_every_deed_is_done_somewhere() -> None:
    assert set(DEEDS) == {name for names in WEIGHED.values() for name in names}
