"""Runs a list of programs in one terminal: starts them in waves, shows their lines, keeps them up, stops them all.

Names and colours are honcho's. Its `Manager` is not used: it starts everything at once, knows no readiness, stops
all when a first program ends (also one that was to end), goes through a shell, and puts a process of its own
between us and each program, so that a kill of the supervisor would leave both behind.

Decision: what dies is started again, because here as in production a dead worker must delay and never lose; one
line says who died and of what. Whoever cannot get up at all, or dies more than `_MOST_RESTARTS` times within
`_WINDOW_SECONDS`, ends the whole: its last lines are repeated at the end, where they are seen.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from atlas.local.errors import LocalError
from atlas.local.program import Program, die_with, signal_group

Waves = Sequence[Sequence[Program]]
"""Programs of one wave start together; a wave starts when every program of the one before is ready."""

_OWN_NAME = "atlas"
_READY_SECONDS = 90.0
"""Long enough for the first start on a slow machine."""
_STOP_SECONDS = 8.0
"""A worker may finish the task in its hands; then it is killed, and the task is delivered again next time."""
_MOST_RESTARTS = 5
_WINDOW_SECONDS = 60.0
_LINE_BYTES = 1 << 20
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class _Run:
    """A program that was started, with the end of what it said."""

    program: Program
    process: asyncio.subprocess.Process
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=12))
    pump: asyncio.Task[None] | None = None


class Supervisor:
    """Use once. `run` must be awaited in the main thread: signals and `die_with` need it."""

    def __init__(self, output: TextIO, *, restart_after: float = 1.0) -> None:
        self._printer = Printer(output, width=len(_OWN_NAME))
        self._colours = get_colours()
        self._colour: dict[str, str] = {}
        self._running: list[dict[str, _Run]] = []
        """What runs, by name, one dict for each wave."""
        self._restart_after = restart_after
        self._stopping = False

    async def run(self, waves: Waves, *, announce: Callable[[], None] = lambda: None) -> None:
        """Start all, call `announce` when all are ready, and stay until SIGINT, SIGTERM or SIGHUP.

        Raises `LocalError` when a program cannot be kept up. In every case nothing runs any more afterwards.
        """
        loop = asyncio.get_running_loop()
        for program in (program for wave in waves for program in wave):
            self._colour[program.name] = next(self._colours)
            self._printer.width = max(self._printer.width, len(program.name))
        work = asyncio.create_task(self._work(waves, announce))
        for signum in _STOPPING:
            if signum == signal.SIGHUP and signal.getsignal(signum) == signal.SIG_IGN:
                continue  # nohup: meant to outlive its terminal
            loop.add_signal_handler(signum, self._asked_to_stop, work)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await work
        except* LocalError as problems:
            raise problems.exceptions[0] from None
        finally:
            self._stopping = True
            for wave in reversed(self._running):
                await self._stop(wave)

    def say(self, line: str) -> None:
        """One line of our own among those of the programs."""
        self._print(_OWN_NAME, line)

    async def _work(self, waves: Waves, announce: Callable[[], None]) -> None:
        async with asyncio.TaskGroup() as group:
            for wave in waves:
                self._running.append({})
                ups = [asyncio.Event() for _ in wave]
                for program, up in zip(wave, ups, strict=True):
                    group.create_task(self._keep(program, up, self._running[-1]))
                for up in ups:
                    await up.wait()
            announce()

    async def _keep(self, program: Program, up: asyncio.Event, wave: dict[str, _Run]) -> None:
        """Start a program, tell `up` when it is ready, and start it again whenever it ends."""
        ends: deque[float] = deque(maxlen=_MOST_RESTARTS)
        while True:
            run = wave[program.name] = await self._spawn(program)
            if not program.once:
                await self._become_ready(run, up)
            code = await run.process.wait()
            if run.pump is not None:
                await run.pump
            if program.once and code == 0:
                del wave[program.name]
                up.set()
                return
            how = f"{program.name} ended ({_describe(code)})"
            too_often = len(ends) == _MOST_RESTARTS and time.monotonic() - ends[0] < _WINDOW_SECONDS
            if not up.is_set() or too_often:
                raise LocalError(f"{how}. Its last lines:\n" + ("\n".join(run.tail) or "(none)"))
            ends.append(time.monotonic())
            self.say(f"{how}; starting it again.")
            await asyncio.sleep(self._restart_after)

    async def _spawn(self, program: Program) -> _Run:
        try:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                env={**os.environ, **program.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=_LINE_BYTES,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        except OSError as error:
            raise LocalError(f"{program.name} does not start: {error}") from error
        run = _Run(program, process)
        run.pump = asyncio.create_task(self._show(run))
        return run

    async def _become_ready(self, run: _Run, up: asyncio.Event) -> None:
        """Return when it is ready for the first time, or has ended."""
        deadline = time.monotonic() + _READY_SECONDS
        while run.process.returncode is None and not up.is_set():
            if await asyncio.to_thread(run.program.is_ready, run.process.pid):
                up.set()
            elif time.monotonic() > deadline:
                raise LocalError(f"{run.program.name} is not ready after {_READY_SECONDS:.0f} s.")
            else:
                await asyncio.sleep(0.03)

    async def _show(self, run: _Run) -> None:
        """Print each line under the program's name."""
        stream = run.process.stdout
        while stream is not None:
            try:
                raw = await stream.readline()
            except ValueError:
                raw = b"(a line too long to show)\n"
            if not raw:
                return
            line = raw.decode(errors="replace").rstrip()
            run.tail.append(line)
            self._print(run.program.name, line)

    def _print(self, name: str, line: str) -> None:
        # The terminal may be gone already; that must not keep us from stopping what we started.
        with contextlib.suppress(OSError, ValueError):
            self._printer.write(Message("line", line or " ", datetime.now().astimezone(), name, self._colour.get(name)))

    def _asked_to_stop(self, work: asyncio.Task[None]) -> None:
        """The first time in order, the second time at once."""
        if self._stopping:
            for wave in self._running:
                for run in wave.values():
                    self._signal(run, signal.SIGKILL)
            return
        self._stopping = True
        self.say("Stopping.")
        work.cancel()

    async def _stop(self, wave: dict[str, _Run]) -> None:
        """Stop what still runs of a wave, in order, then by force."""
        for signum in (signal.SIGTERM, signal.SIGKILL):
            left = [run for run in wave.values() if run.process.returncode is None]
            if not left:
                break
            for run in left:
                self._signal(run, signum)
            await asyncio.wait([asyncio.ensure_future(run.process.wait()) for run in left], timeout=_STOP_SECONDS)
        pumps = [run.pump for run in wave.values() if run.pump is not None]
        if pumps:
            await asyncio.wait(pumps, timeout=1)

    @staticmethod
    def _signal(run: _Run, signum: signal.Signals) -> None:
        if run.process.returncode is None:
            signal_group(run.process.pid, signum)


def _describe(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
