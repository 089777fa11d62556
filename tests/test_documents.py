"""What the documents point at is there: files, links, settings, make targets."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FILE = re.compile(r"`([a-z_]+/[\w/.-]+\.(?:py|md|sh|json))`")
READ = re.compile(r"(?:env\.\w+|secret|host)\(\s*\"([A-Z_0-9]+)\"")
LISTED = re.compile(r"^#([A-Z_0-9]+)=", re.MULTILINE)


def names(documents: list[Path]) -> list[str]:
    return [str(document.relative_to(ROOT)) for document in documents]


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_links_and_files_exist(document: Path) -> None:
    text = document.read_text()
    linked = [target for target in LINK.findall(text) if not target.startswith("http")]
    missing = [target for target in linked if not (document.parent / target).exists()]
    missing += [file for file in FILE.findall(text) if not (ROOT / file).exists()]
    assert not missing


def test_env_example_lists_every_setting() -> None:
    listed = set(LISTED.findall((ROOT / ".env.example").read_text()))
    read = set(READ.findall((ROOT / "atlas" / "settings.py").read_text()))
    assert len(read) > 30
    assert read - listed == set()


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "docs/operations.md", "docs/benchmarks.md"):
        commands = re.findall(r"^make ([a-z]+)|`make ([a-z]+)", (ROOT / name).read_text(), re.MULTILINE)
        assert {first or second for first, second in commands} <= targets, name
