"""Ports for one run, kept from every other run on this machine for as long as it lasts."""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from atlas.local import ports


class Reservation(contextlib.ExitStack):
    """Ports that this process may use.

    Two runs that start at the same moment both see a port as free; so one also takes a lock that bears its
    number. The kernel frees it with the process, however that ended.
    """

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.gettempdir()) / f"atlas-ports-{os.getuid()}"
        self._taken: set[int] = set()

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self

    def take(self, port: int) -> bool:
        """Reserve this very port; False when somebody listens there or another run has it."""
        if port in self._taken:
            return False
        with contextlib.ExitStack() as undo:
            handle = undo.enter_context((self._folder / str(port)).open("a"))
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if not ports.is_free(port):
                return False
            self._taken.add(port)
            self.push(undo.pop_all())
        return True

    def take_any(self) -> int:
        port = ports.free_port()
        while not self.take(port):
            port = ports.free_port()
        return port

    def remembered(self, file: Path, wanted: Mapping[str, int]) -> dict[str, int]:
        """A port for each name: last time's if it can be had, else the wanted one, else any.

        The answer is kept in `file` for the next time. So two checkouts run side by side without a word about
        ports, and an address that somebody noted down usually holds.
        """
        before: object = None
        with contextlib.suppress(OSError, ValueError):
            before = json.loads(file.read_text())
        known = before if isinstance(before, dict) else {}
        chosen: dict[str, int] = {}
        for name, default in wanted.items():
            liked = (port for port in (known.get(name), default) if isinstance(port, int))
            chosen[name] = next(filter(self.take, liked), None) or self.take_any()
        file.write_text(json.dumps(chosen, indent=2) + "\n")
        return chosen
