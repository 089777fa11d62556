"""The machine notices mistakes. All of them are played by `make bench-faults`; here the quickest to be found."""

import pytest

from atlas.local.square.testing import SandboxControl
from tests.payments.faults import mutants
from tests.payments.faults.playing import arena

QUICK = (
    "forgets to come back",
    "ignores the consent",
    "posts no dispute",
)
RUNS = 25


@pytest.mark.parametrize("name", sorted(mutants.MUTANTS))
def test_what_a_mutant_replaces_is_there(name: str) -> None:
    """`patch` refuses a name that is gone: a mutant that changes nothing would live for ever."""
    with mutants.MUTANTS[name]():
        pass


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", QUICK)
def test_a_mistake_is_found(name: str, sandbox: SandboxControl) -> None:
    with arena(sandbox):
        assert mutants.find(name, runs=RUNS, start=1)
