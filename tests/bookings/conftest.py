"""The cast of every booking test."""

import pytest

from tests.bookings.stage import Cast, make_cast
from tests.sandbox import sandbox, square_process

__all__ = ["sandbox", "square_process"]


@pytest.fixture
def cast() -> Cast:
    """Fresh people, company, driver and vehicles: nobody is promised anywhere."""
    return make_cast()
