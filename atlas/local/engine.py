"""DynamoDB on this machine: dynoxide, one static binary over SQLite (MIT/Apache-2.0).

Chosen because it reports consumed capacity as DynamoDB does, checks transactions and idempotency tokens,
starts in milliseconds, and lost nothing when it was killed in the middle of writing. What it lacks: it never
deletes expired items (`manage.py sweep_ttl` does) and knows no backups.

`python -m atlas.local.engine` fetches the binary and prints its path.
"""

import contextlib
import fcntl
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from atlas.local import npm
from atlas.local.errors import LocalError
from atlas.local.health import http_ok
from atlas.local.ports import LOOPBACK
from atlas.local.program import Program
from atlas.local.service import Service, running

VERSION = "1.2.1"
INTEGRITY = {
    "linux-x64": "sha512-sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
}
"""Platform -> the checksum that the npm package `@dynoxide/<platform>` of this version must have."""

TOOLS = Path(__file__).resolve().parents[2] / ".tools"
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}
_HELP = (
    f"Set ATLAS_ENGINE to the path of a dynoxide {VERSION} binary, "
    "or DYNAMODB_ENDPOINT to any server that speaks DynamoDB's protocol."
)


def binary() -> Path:
    """The engine's executable: `ATLAS_ENGINE`, else the one in `.tools`, fetched the first time.

    Raises `LocalError`, with what to do about it, where it cannot be had.
    """
    if named := os.environ.get("ATLAS_ENGINE"):
        if not os.access(named, os.X_OK):
            raise LocalError(f"ATLAS_ENGINE names {named}, which is not a program.")
        return Path(named)
    target = TOOLS / f"dynoxide-{VERSION}" / "dynoxide"
    if not target.exists():
        _install(target)
    return target


def program(*, port: int, database: Path | None, executable: Path | None = None) -> Program:
    """The engine on a port; its data in the file `database`, or in memory only when None."""
    command = [str(executable or binary()), "--host", LOOPBACK, "--port", str(port)]
    if database is not None:
        database.parent.mkdir(parents=True, exist_ok=True)
        command += ["--db-path", str(database)]
    return Program(name="dynamodb", command=command, port=port, ready=http_ok(f"http://{LOOPBACK}:{port}/"))


@contextlib.contextmanager
def memory_engine() -> Iterator[Service]:
    """A fresh, empty engine in memory on a free port; `.url` is the endpoint."""
    with _engine(None) as service:
        yield service


@contextlib.contextmanager
def file_engine(database: Path) -> Iterator[Service]:
    """An engine whose data is in a file. `.kill()` it and `.start()` it again to see what survives."""
    with _engine(database) as service:
        yield service


@contextlib.contextmanager
def _engine(database: Path | None) -> Iterator[Service]:
    executable = binary()
    with running(Service(lambda port: program(port=port, database=database, executable=executable))) as service:
        yield service


def _install(target: Path) -> None:
    """Fetch, verify, and put the executable in place at once, so that nobody ever runs half of it."""
    system = f"{sys.platform}-{_MACHINES.get(platform.machine().lower(), platform.machine())}"
    if system not in INTEGRITY:
        raise LocalError(f"No DynamoDB engine is published for {system}. {_HELP}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock, tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Test workers may all want it at the same moment.
        if target.exists():
            return
        try:
            archive = npm.fetch(f"@dynoxide/{system}@{VERSION}", integrity=INTEGRITY[system], folder=Path(folder))
        except LocalError as error:
            raise LocalError(f"{error} {_HELP}") from error
        part = Path(folder) / target.name
        with tarfile.open(archive) as tar:
            member = tar.extractfile(f"package/{target.name}")
            if member is None:
                raise LocalError(f"{archive.name} holds no {target.name}. {_HELP}")
            with member, part.open("wb") as out:
                shutil.copyfileobj(member, out)
        part.chmod(0o755)
        part.rename(target)


if __name__ == "__main__":
    try:
        print(binary())  # noqa: T201 - the answer of the command
    except LocalError as problem:
        sys.exit(f"atlas: {problem}")
