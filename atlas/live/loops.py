"""One object per event loop: what holds a connection must not be shared between the loops of servers and tests."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def per_loop(make: Callable[[], T]) -> Callable[[], T]:
    """`make()`, once for each running loop; those of closed loops are forgotten."""
    made: dict[asyncio.AbstractEventLoop, T] = {}

    def current() -> T:
        loop = asyncio.get_running_loop()
        if loop not in made:
            for closed in [each for each in made if each.is_closed()]:
                del made[closed]
            made[loop] = make()
        return made[loop]

    return current
