"""One service in the background of this process: what tests use. `make run` has the supervisor instead."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from atlas.local.errors import LocalError
from atlas.local.ports import LOOPBACK, free_port
from atlas.local.program import Program, die_with, signal_group

_TRIES = 5
"""Another process may take a free port before the service does: then it gets another one."""
_LAST_BYTES = 2000


class Service:
    """A running program on a port of its own. Start it from the main thread (see `die_with`)."""

    def __init__(
        self, program: Callable[[int], Program], *, scheme: str = "http", seconds: float = 20, log: Path | None = None
    ) -> None:
        """`program` makes the command for a port; `seconds` is how long it may take until it is ready.

        What it says is added to the file `log`; without one only a program that does not start is quoted.
        """
        self._program = program
        self._scheme = scheme
        self._seconds = seconds
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._said = "nothing"
        self.port = 0

    @property
    def url(self) -> str:
        return f"{self._scheme}://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise LocalError("The service does not run.")
        return self._process.pid

    def start(self) -> None:
        """Run it and return when it is ready; after a stop or kill it comes back on the same port."""
        for _ in range(_TRIES):
            port = self.port or free_port()
            if self._launch(port):
                self.port = port
                return
        raise LocalError(f"{self._program(port).name} does not start. It said: {self._said}")

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _launch(self, port: int) -> bool:
        program = self._program(port)
        with self._log.open("ab+") if self._log else tempfile.TemporaryFile() as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands of our own
                program.command,
                env={**os.environ, **program.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - it only makes two system calls
            )
            if self._becomes_ready(self._process, program):
                return True
            self.kill()
            output.seek(max(0, output.seek(0, os.SEEK_END) - _LAST_BYTES))
            self._said = output.read().decode(errors="replace").strip() or "nothing"
        return False

    def _becomes_ready(self, process: subprocess.Popen[bytes], program: Program) -> bool:
        deadline, pause = time.monotonic() + self._seconds, 0.001
        while process.poll() is None and time.monotonic() < deadline:
            if program.is_ready(process.pid):
                return process.poll() is None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        return False

    def _end(self, signum: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        signal_group(self._process.pid, signum)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextlib.contextmanager
def running(service: Service) -> Iterator[Service]:
    """Start the service, hand it out, stop it."""
    service.start()
    try:
        yield service
    finally:
        service.stop()
