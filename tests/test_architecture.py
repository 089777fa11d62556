"""The house rules that drift when nothing checks them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "atlas", "bookings", "fleet", "payments", "telemetry")
LONGEST_FILE = 400
OURS = {".py", ".html", ".css", ".js", ".md", ".sh", ".toml"}
SIGNALS = {"django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals"}
ELSEWHERE = re.compile(r"(?<![\w.:/-])/(home|root|Users|work|workspace|srv|opt|mnt)/\w")
REGISTRIES = re.compile(
    r"https?://[^\s\"')>]*(pypi|npmjs|registry|artifactory|nexus|/simple\b)[^\s\"')>]*", re.IGNORECASE
)


def files(*suffixes: str) -> Iterator[Path]:
    """What is in the repository, or about to be; not what others wrote."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in suffixes and path.is_file() and not name.startswith("static/vendor/"):
            yield path


def test_an_app_imports_only_from_below() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    lint = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_files_stay_small() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in files(*OURS)}
    assert not {str(path): length for path, length in lengths.items() if length > LONGEST_FILE}
    code = sorted(length for path, length in lengths.items() if path.suffix == ".py" and path.parts[-2] != "tests")
    assert code[len(code) // 2] < 100


def test_no_django_signals() -> None:
    """A fact travels by `atlas.events`, and `atlas.wiring` says where to. Django's own one is unplugged."""
    users = {path.relative_to(ROOT).as_posix() for path in files(".py") if SIGNALS.intersection(imported(path))}
    assert users == {"accounts/apps.py"}
    assert ".connect(" not in (ROOT / "accounts/apps.py").read_text()


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{name.name}" for name in names)


def test_only_the_wiring_subscribes() -> None:
    callers = {path.relative_to(ROOT).as_posix() for path in files(".py") if calls(path, "subscribe")}
    assert {path for path in callers if path.startswith(APPS)} == {"atlas/wiring.py"}


def calls(path: Path, function: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function
        for node in ast.walk(ast.parse(path.read_text()))
    )


def test_nothing_knows_where_it_was_written() -> None:
    """Neither folders of one machine nor the host of a package registry."""
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files(*OURS, ".txt", ".json", ".yml", ".yaml", ".in", ".cfg", ".example", "")
        for match in found_in(path)
    }
    assert not found


def found_in(path: Path) -> Iterator[Any]:
    text = path.read_text(errors="ignore")
    if path != Path(__file__):
        yield from ELSEWHERE.finditer(text)
        yield from REGISTRIES.finditer(text)
