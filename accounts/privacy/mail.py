"""E-mails that were written to files (Atlas on one machine). A mail server keeps no copy at Atlas."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from accounts.privacy.marks import Marks, masked
from accounts.privacy.registry import Finding, Place, Subject

BACKEND = "django.core.mail.backends.filebased.EmailBackend"
BETWEEN = b"-" * 79 + b"\n"
"""What Django's backend writes after each message of a file."""


def erase(subject: Subject) -> int:
    """Delete the files in which the person is named."""
    named = [file for file in _files() if any(subject.marks.find(text) for _, text in _texts(file))]
    for file in named:
        file.unlink(missing_ok=True)
    return len(named)


def search(marks: Marks) -> Iterator[Finding]:
    for file in _files():
        for part, text in _texts(file):
            for span in marks.find(text):
                at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                yield Finding("mail", file.name, part, span.kind, masked(text[span.start : span.end]), at)


def _files() -> Iterator[Path]:
    if settings.EMAIL_BACKEND == BACKEND and settings.EMAIL_FILE_PATH:
        yield from sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))


def _texts(file: Path) -> Iterator[tuple[str, str]]:
    """Headers and bodies as people read them: a name may be encoded in any way."""
    for raw in file.read_bytes().split(BETWEEN):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        for name, value in message.items():
            yield name, str(value)
        for part in message.walk():
            if part.get_content_maintype() == "text":
                yield "(body)", str(part.get_content())


PLACE = Place(
    name="mail",
    what="E-mails as files, where Atlas runs on one machine; elsewhere they leave for the mail server",
    why="To tell people about their rides (contract)",
    retention="until the folder is emptied",
    found_by="Reading the files",
    erased="A file that names the person is deleted",
    erase=erase,
    search=search,
)
