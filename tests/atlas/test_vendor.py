"""Vendored front-end files are the ones that were vendored, complete, and ask nobody else for anything."""

import hashlib
import json
import re
from pathlib import Path

from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
SHIPPED = [*(ROOT / "static" / "css").glob("*.css"), *(ROOT / "static" / "js").rglob("*.js")]


def test_checksums_hold_and_name_every_file() -> None:
    lines = (VENDOR / "checksums.txt").read_text().splitlines()
    listed = {line.split("  ./", 1)[1]: line.split(" ", 1)[0] for line in lines}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "checksums.txt"
    }
    assert found == listed


def test_every_library_comes_with_its_licence_and_source_maps() -> None:
    for library in (path for path in VENDOR.iterdir() if path.is_dir()):
        assert list(library.glob("LICENSE*")), library.name
        for file in library.glob("*js"):
            for named in re.findall(r"(?m)^//# sourceMappingURL=(\S+)", file.read_text(encoding="utf-8")):
                assert (library / named).is_file(), named


def test_the_lock_agrees_with_the_manifest_and_names_no_registry() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert lock[""]["dependencies"] == wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), "pin exact versions"
    for name, package in lock.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


def test_our_own_styles_and_modules_load_nothing_from_elsewhere() -> None:
    assert len(SHIPPED) > 10
    for path in SHIPPED:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:url\(|import|from|fetch\()\s*["']?(?:https?:)?//""", text), path.name


def test_imports_and_urls_lead_to_files() -> None:
    for path in SHIPPED:
        text = path.read_text(encoding="utf-8")
        named = re.findall(r'(?:from|url\(|new URL\()\s*"(\.[^"]+)"', text)
        for target in named:
            file = (path.parent / target).resolve()
            served = file.relative_to(ROOT / "static").as_posix()
            assert file.is_file() or finders.find(served), f"{path.name}: {target}"  # ours, or Django's admin's


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "bootstrap-icons" / "icons.svg").read_text()
    symbols = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert symbols == set((ROOT / "scripts" / "icons.txt").read_text().split())
    for template in (ROOT / "templates").rglob("*.html"):
        used = set(re.findall(r"""{% icon ["']([^"']+)["']""", template.read_text()))
        assert used <= symbols, f"{template.name}: {used - symbols}"
