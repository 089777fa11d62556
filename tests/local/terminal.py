"""A run of Atlas as a person at a terminal has it: its lines, its processes, its end."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from atlas.local.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
STANDIN = (sys.executable, "-m", "tests.local.standin")
_SECONDS = 30.0


class Terminal:
    """One run, started; `seen` is all it printed so far."""

    def __init__(self, data: Path, *, port: int | None = None, command: Sequence[str] = STANDIN, **env: str) -> None:
        self.data = data
        self.port = port or free_port()
        inherited = {name: value for name, value in os.environ.items() if name not in _OURS}
        self.process = subprocess.Popen(  # noqa: S603 - commands of our own
            command,
            cwd=ROOT,
            env={**inherited, "ATLAS_DATA": str(data), "PORT": str(self.port), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.seen = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first line from here on that matches."""
        deadline = time.monotonic() + _SECONDS
        while (line := self._lines.get(timeout=max(0.01, deadline - time.monotonic()))) is not None:
            self.seen += line
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"It ended without {pattern!r}:\n{self.seen}")

    def ready(self) -> "Terminal":
        self.wait_for("Atlas is ready")
        return self

    def end(self) -> int:
        """Its exit code, once it has ended by itself."""
        code = self.process.wait(_SECONDS)
        while (line := self._lines.get(timeout=_SECONDS)) is not None:
            self.seen += line
        return code

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def service(self, name: str) -> str:
        """A setting that the programs of the run got."""
        settings = dict(line.split("=", 1) for line in (self.data / "run" / "services.env").read_text().splitlines())
        return settings[name]

    def children(self) -> set[int]:
        return {pid for pid in living() if ancestors(pid) & {self.process.pid} and pid != self.process.pid}


_OURS = {"ATLAS_ENV", "ATLAS_DATA", "PORT", "DYNAMODB_ENDPOINT", "REDIS_URL", "SQUARE_BASE_URL"}


@contextmanager
def terminal(data: Path, **options: object) -> Iterator[Terminal]:
    """A run, killed at the end of the test if it still runs."""
    run = Terminal(data, **options)  # type: ignore[arg-type]
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


def living() -> set[int]:
    """All processes, without those that ended and wait to be collected."""
    return {pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _stat(pid)[0] not in "ZX"}  # noqa: PTH208


def ancestors(pid: int) -> set[int]:
    found: set[int] = set()
    while pid > 1 and pid not in found:
        found.add(pid)
        pid = int(_stat(pid)[1])
    return found


def all_gone(pids: set[int], *, within: float = 5) -> bool:
    deadline = time.monotonic() + within
    while pids & living():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _stat(pid: int) -> Sequence[str]:
    """State and parent, after the name in parentheses; a process that is gone is dead and has no parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ("X", "0")
