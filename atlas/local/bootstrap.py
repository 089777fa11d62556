"""From a bare Python to the project's own virtual environment: the first thing each `make` target does.

    python3 -I atlas/local/bootstrap.py requirements.txt

Standard library only, as nothing is installed yet. It installs exactly what the file pins, by hash, and does
nothing when that was done before. Older Pythons must be able to read this far, to be told that they are older.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
PIP = ["-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "install", "--root-user-action=ignore"]


def main(requirements: str) -> None:
    """Make the virtual environment if there is none, and install the file if it is not what was installed last."""
    if sys.version_info < OLDEST:
        stop("Python 3.11 or newer is needed; name one: make PYTHON=python3.11 ...")
    if not works():
        make_environment()
    stamp = VENV / f".installed-{requirements}"
    wanted = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing {requirements} (once; a minute or two) ...")
    if run(str(PYTHON), *PIP, "--require-hashes", "-r", str(ROOT / requirements)) != 0:
        stop(f"{requirements} could not be installed; the lines above say why.")
    stamp.write_text(wanted)


def works() -> bool:
    """Whether the virtual environment is there and its Python still starts (an upgrade of the system can break it)."""
    return PYTHON.exists() and run(str(PYTHON), "-c", "import pip", quiet=True) == 0


def make_environment() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        stop("Python lacks its venv module. On Debian and Ubuntu: apt install python3-venv")
    say("Making .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "venv", str(VENV)) != 0:
        stop("The virtual environment could not be made; the lines above say why.")


def run(*command: str, quiet: bool = False) -> int:
    """Run it in the checkout; its exit code."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode  # noqa: S603


def say(line: str) -> None:
    print(f"atlas: {line}", flush=True)  # noqa: T201 - for the person who waits


def stop(line: str) -> None:
    sys.exit(f"atlas: {line}")


if __name__ == "__main__":
    main(sys.argv[1])
