"""S3 on this machine: ministack (MIT, pure Python), with the objects as files in a folder.

Each object is on disk before its write is answered, so a killed server loses none; uploads in parts that nobody
finished are forgotten with it, as S3 forgets them later. What it lacks: with its own checks of identity off it gives
an object to anybody on this machine who knows its key; signed addresses are still checked, and expire.

`python -m atlas.local.objects` installs it and prints the path of its Python.
"""

import contextlib
import fcntl
import hashlib
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from atlas.local.engine import TOOLS
from atlas.local.errors import LocalError
from atlas.local.health import http_ok
from atlas.local.ports import LOOPBACK
from atlas.local.program import Program
from atlas.local.service import Service, running

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements-objects.txt"
CREDENTIAL = "local"
"""Key and secret; `atlas.objects.storage` signs with the same."""
_PIP = ("-m", "pip", "-qq", "--disable-pip-version-check", "--no-input")
_INSTALL = ("install", "--no-deps", "--no-compile", "--require-hashes", "--root-user-action=ignore")
_SECONDS = 180
_HELP = "Set OBJECTS_ENDPOINT to any server that speaks S3's protocol."


def python() -> Path:
    """The Python of the server's own virtual environment in `.tools`, made the first time.

    Raises `LocalError`, with what to do about it, where it cannot be had.
    """
    pinned = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    home = TOOLS / f"objects-{sys.version_info.major}.{sys.version_info.minor}-{pinned}"
    if not home.exists():
        _install(home)
    return home / "bin" / "python"


def program(*, port: int, folder: Path, executable: Path | None = None) -> Program:
    """The server on a port; its objects under `folder`, its log lines from warnings on."""
    folder.mkdir(parents=True, exist_ok=True)
    return Program(
        name="objects",
        command=[str(executable or python()), "-m", "ministack"],
        port=port,
        ready=http_ok(f"http://{LOOPBACK}:{port}/_ministack/health"),
        env={
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(port),
            "SERVICES": "s3",
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(folder.resolve()),
            "TMPDIR": str(folder.resolve().parent),
            "AWS_ACCESS_KEY_ID": CREDENTIAL,
            "AWS_SECRET_ACCESS_KEY": CREDENTIAL,
            "LOG_LEVEL": "WARNING",
        },
    )


@contextlib.contextmanager
def object_server(folder: Path) -> Iterator[Service]:
    """A server on a free port, `.url` its endpoint. `.kill()` it and `.start()` it again to see what survives."""
    executable = python()
    with running(Service(lambda port: program(port=port, folder=folder, executable=executable))) as service:
        yield service


def _install(home: Path) -> None:
    """Make it beside its place and move it there when it is whole, so that nobody ever runs half of it."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / "lock").open("w") as lock, tempfile.TemporaryDirectory(dir=home.parent) as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Test workers may all want it at the same moment.
        if home.exists():
            return
        part = Path(folder) / home.name
        venv.create(part, symlinks=True)
        own = str(part / "bin" / "python")
        done = subprocess.run(  # noqa: S603 - a command of our own
            [sys.executable, *_PIP, "--python", own, *_INSTALL, "-r", str(REQUIREMENTS)],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            why = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "pip failed")
            raise LocalError(f"The S3 server could not be installed: {why} {_HELP}")
        part.rename(home)


if __name__ == "__main__":
    try:
        print(python())  # noqa: T201 - the answer of the command
    except LocalError as problem:
        sys.exit(f"atlas: {problem}")
