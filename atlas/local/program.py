"""A program that Atlas runs beside itself: its command, when it is ready, and that it never outlives us."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from atlas.local.ports import is_held_by

Probe = Callable[[], bool]
"""Answers quickly whether a program is ready to serve. It never raises."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program: data only, so that tests and `make run` can put together lists of their own."""

    name: str
    command: Sequence[str]
    ready: Probe | None = None
    """None: ready as soon as it runs."""
    port: int | None = None
    """Where it listens: it is ready only when it is *this* program that answers there."""
    once: bool = False
    """It does a piece of work and ends; what follows it waits for exit code 0."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment of whoever starts it."""

    def is_ready(self, pid: int) -> bool:
        """Whether it is ready, running as `pid`. Takes up to a second."""
        return (self.ready is None or self.ready()) and (self.port is None or is_held_by(pid, self.port))


def die_with(parent: int) -> Callable[[], None]:
    """For `preexec_fn`: the new process is killed as soon as `parent`, the process that starts it, is gone.

    This holds when the parent is killed with SIGKILL too, because the Linux kernel sends the signal. The
    kernel takes the *thread* that forked for the parent: start programs from one that lasts, the main thread.
    It reaches what we start, not what that starts in turn: so none of our programs has children of its own.
    Other systems have no such signal; there only an orderly stop is certain to take the children along.
    """

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It went between our fork and the line above.
            os._exit(1)

    return tie


def end_with_parent() -> None:
    """Ask the kernel to stop *this* process, in order, when the one that started it is gone."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def signal_group(pid: int, signum: signal.Signals) -> None:
    """Signal a program, which leads a process group, and all it started. One already gone is no error."""
    try:
        os.killpg(pid, signum)
    except (ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies.
        return
