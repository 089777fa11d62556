"""Ports on the loopback interface: free ones, and who holds one that is taken."""

import contextlib
import socket
from collections.abc import Iterable, Set
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def is_free(port: int) -> bool:
    """Whether a server could listen there now; connections of an earlier one that linger do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on now. Whoever wants to listen there must expect that somebody is faster."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def holder(port: int) -> str | None:
    """Who listens on this port, like `python3 (pid 123)`; None where that cannot be seen.

    Only Linux tells it without a further tool, and only of processes of the same user.
    """
    inodes = set(_listening_inodes(port))
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if _has_one_of(process, inodes):
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return None


def is_held_by(pid: int, port: int) -> bool:
    """Whether it is this process that listens there; True where that cannot be seen.

    A probe alone would be content with a stranger's server on the port, and our data would go there.
    """
    process = Path(f"/proc/{pid}")
    try:
        return _has_one_of(process, set(_listening_inodes(port)))
    except OSError:
        return not Path("/proc/net/tcp").exists()


def _has_one_of(process: Path, inodes: Set[str]) -> bool:
    return any(descriptor.readlink().name in inodes for descriptor in (process / "fd").iterdir())


def _listening_inodes(port: int) -> Iterable[str]:
    """`socket:[inode]` of each socket that listens on the port, as the links in /proc/<pid>/fd are called."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with contextlib.suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == _LISTEN and int(local.rpartition(":")[2], 16) == port:
                    yield f"socket:[{rest[5]}]"
