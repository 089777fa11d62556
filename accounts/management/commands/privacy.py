"""`manage.py privacy`: what is held about a person as a file, forgetting them, and the proof that nothing is left."""

import json
import sys
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.privacy import erasures
from accounts.privacy.closing import erase_user
from accounts.privacy.document import DOCUMENT, render_document
from accounts.privacy.exporting import whole_export
from accounts.privacy.marks import Kind
from accounts.privacy.registry import Finding
from accounts.privacy.subjects import find_subject, with_values
from accounts.privacy.tables import Erasure, ErasureStatus
from accounts.privacy.verifying import verify
from atlas.api.renderers import dumps
from atlas.errors import AtlasError


class Command(BaseCommand):
    help = "Personal data: export, erase, verify that nothing is left, write docs/privacy.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="write everything held about a person to a file")
        export.add_argument("user_id")
        export.add_argument("--to", required=True, type=Path, help="the file; - for the terminal")
        erase = actions.add_parser("erase", help="forget a person; what was cut off goes on")
        erase.add_argument("user_id")
        erase.add_argument("--reason", required=True)
        check = actions.add_parser("verify", help="search everything for traces; fails when there are any")
        check.add_argument("user_id")
        check.add_argument("--value", action="append", default=[], help="search for this too (e-mail, +phone, name)")
        check.add_argument("--rcu", type=float, default=0, help="read with so many capacity units a second at most")
        check.add_argument("--strict", action="store_true", help="what is in rows of somebody else's fails too")
        check.add_argument("--json", action="store_true", help="one finding per line, as JSON")
        actions.add_parser("docs", help="write docs/privacy.md")

    def handle(self, *, action: str, **options: Any) -> None:
        try:
            match action:
                case "export":
                    self._export(options["user_id"], options["to"])
                case "erase":
                    self._erase(options["user_id"], options["reason"])
                case "verify":
                    self._verify(**options)
                case "docs":
                    DOCUMENT.write_text(render_document())
        except AtlasError as error:
            faults = [fault for faults in error.fields.values() for fault in faults]
            raise CommandError(" ".join([error.message, *faults])) from error

    def _export(self, user_id: str, to: Path) -> None:
        content = dumps(whole_export(user_id)).decode()
        if str(to) == "-":
            self.stdout.write(content)
        else:
            to.touch(mode=0o600)
            to.write_text(content)

    def _erase(self, user_id: str, reason: str) -> None:
        erase_user(actor=None, user_id=user_id, reason=reason)
        done = erasures.run(user_id, tell=lambda rows, where: self._tell(where, rows))
        changed = ", ".join(f"{name} {count}" for name, count in sorted(done.counts.items()) if count)
        self.stdout.write(f"{done.status}: {changed or 'nothing was left to do'}")
        if done.waiting:
            self.stdout.write(f"{done.waiting} rows are still needed; they are looked at again by themselves.")

    def _verify(self, *, user_id: str, value: list[str], rcu: float, strict: bool, json: bool, **_: Any) -> None:
        subjects = with_values(find_subject(user_id), [(_kind_of(each), each) for each in value])
        if not any(subject.marks.all for subject in subjects):
            raise CommandError("The fingerprints of this erasure are gone by now. Say what to search for: --value ...")
        erasure = Erasure.find(user_id)
        if erasure is not None and erasure.status is not ErasureStatus.DONE:
            self.stdout.write(f"The erasure is still {erasure.status}: what it has not reached yet is found below.")
        traces = 0
        for finding in chain.from_iterable(verify(subject, rcu=rcu, tell=self._tell) for subject in subjects):
            traces += strict or not finding.elsewhere
            self.stdout.write(_as_json(finding) if json else _as_line(finding))
        if traces:
            raise CommandError(f"{traces} traces are left.")
        self.stdout.write("Nothing is left.")

    def _tell(self, where: str, rows: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{where}: {rows}\x1b[K", ending="")


def _kind_of(value: str) -> Kind:
    if "@" in value:
        return Kind.EMAIL
    return Kind.PHONE if value.startswith("+") else Kind.NAME


def _as_line(finding: Finding) -> str:
    where = f"{finding.place} {finding.key} {finding.attribute}: {finding.kind} {finding.value}".rstrip()
    return f"{where} (somebody else's)" if finding.elsewhere else where


def _as_json(finding: Finding) -> str:
    return json.dumps(
        {
            "place": finding.place,
            "key": finding.key,
            "attribute": finding.attribute,
            "kind": finding.kind,
            "value": finding.value,
            "elsewhere": finding.elsewhere,
        }
    )
