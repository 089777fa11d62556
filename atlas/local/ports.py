"""Ports on the loopback interface: free ones, remembered ones, and who holds one that is taken."""

import contextlib
import json
import socket
from collections.abc import Iterable, Mapping
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


def remembered(file: Path, wanted: Mapping[str, int], *, apart_from: int) -> dict[str, int]:
    """A port for each name: last time's, else the wanted one, else any; always one that is free now.

    The answer is kept in `file` for the next time. So two checkouts run side by side without a word about
    ports, and an address that somebody noted down usually holds. `apart_from` is spoken for.
    """
    before: object = None
    with contextlib.suppress(OSError, ValueError):
        before = json.loads(file.read_text())
    known = before if isinstance(before, dict) else {}
    ports: dict[str, int] = {}
    for name, default in wanted.items():
        taken = {apart_from, *ports.values()}
        liked = [port for port in (known.get(name), default) if isinstance(port, int) and port not in taken]
        port = next(filter(is_free, liked), None) or free_port()
        while port in taken:
            port = free_port()
        ports[name] = port
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ports, indent=2) + "\n")
    return ports


def holder(port: int) -> str | None:
    """Who listens on this port, like `python3 (pid 123)`; None where that cannot be seen.

    Only Linux tells it without a further tool, and only of processes of the same user.
    """
    inodes = set(_listening_inodes(port))
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for descriptor in (process / "fd").iterdir():
                if descriptor.readlink().name in inodes:
                    return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return None


def _listening_inodes(port: int) -> Iterable[str]:
    """`socket:[inode]` of each socket that listens on the port, as the links in /proc/<pid>/fd are called."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with contextlib.suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == _LISTEN and int(local.rpartition(":")[2], 16) == port:
                    yield f"socket:[{rest[5]}]"
