"""The first step of each `make` target: a virtual environment with exactly what is pinned, or one clear line."""

import re
import subprocess
from pathlib import Path

import pytest

from atlas.local import bootstrap, lock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """A checkout in `tmp_path` whose commands are written down instead of run; all of them succeed."""
    ran: list[tuple[str, ...]] = []

    def run(*command: str, quiet: bool = False) -> int:
        ran.append(command)
        if "venv" in command:
            (tmp_path / ".venv" / "bin").mkdir(parents=True)
            (tmp_path / ".venv" / "bin" / "python").touch()
        return 0

    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "run", run)
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    return ran


def installs(commands: list[tuple[str, ...]]) -> int:
    return sum("--require-hashes" in command for command in commands)


def test_it_installs_once_and_again_when_a_pin_changes(commands: list[tuple[str, ...]], tmp_path: Path) -> None:
    bootstrap.main("requirements.txt")
    assert installs(commands) == 1
    bootstrap.main("requirements.txt")
    assert installs(commands) == 1
    (tmp_path / "requirements.txt").write_text("django==5.2.1\n")
    bootstrap.main("requirements.txt")
    assert installs(commands) == 2
    assert sum("venv" in command for command in commands) == 1


def test_an_install_that_fails_is_not_taken_for_done(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bootstrap.make_environment()
    monkeypatch.setattr(bootstrap, "run", lambda *command, quiet=False: int("--require-hashes" in command))
    with pytest.raises(SystemExit, match=r"requirements\.txt could not be installed"):
        bootstrap.main("requirements.txt")
    assert not list((tmp_path / ".venv").glob(".installed-*"))


def test_a_python_without_venv_is_told_what_to_install(
    commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        bootstrap.main("requirements.txt")


def test_an_old_python_is_told_so(commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 14))
    with pytest.raises(SystemExit, match=r"^atlas: Python 3\.11 or newer is needed"):
        bootstrap.main("requirements.txt")
    assert commands == []


def make(*targets: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = ["make", "-f", str(ROOT / "Makefile"), *targets]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603


def test_make_alone_lists_every_target_that_has_a_purpose() -> None:
    listed = set(re.findall(r"^  make (\S+)  ", make().stdout, flags=re.MULTILINE))
    asked_for = {"run", "test", "check", "fmt", "lint", "types", "schema", "bench", "lock", "clean", "reset", "help"}
    assert listed == asked_for


def test_data_is_not_removed_under_a_run(tmp_path: Path) -> None:
    data = tmp_path / "var" / "run"
    with lock.held(data / "lock", note="it runs"):
        refused = make("reset", cwd=tmp_path)
        assert (refused.returncode, refused.stdout) == (2, "atlas: it runs; stop it first\n")
        assert data.exists()
    refused = make("reset", "ATLAS_DATA=/elsewhere", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "atlas: this empties var/ only; remove /elsewhere yourself\n")
    assert data.exists()
    assert make("reset", cwd=tmp_path).returncode == 0
    assert not data.parent.exists()
