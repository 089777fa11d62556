"""One run at a time on one data folder."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from atlas.local.errors import LocalError


@contextlib.contextmanager
def held(file: Path, *, note: str) -> Iterator[None]:
    """Hold the lock on `file` and leave `note` in it, for whoever finds it taken.

    The kernel frees it with the process that holds it, however that ended: a killed run leaves nothing to clean.
    Raises `LocalError` with the holder's note when it is taken.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise LocalError(handle.read().strip() or f"{file} is taken.") from None
        handle.truncate(0)
        handle.write(note)
        handle.flush()
        yield
