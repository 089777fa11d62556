"""Empty books on both sides."""

import pytest

from tests.payments.reconciling.stage import clear


@pytest.fixture(autouse=True)
def empty_books(sandbox: object) -> None:
    clear()
