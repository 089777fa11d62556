"""The object store: files of jobs (they are their jobs') and whatever else lies there, searched for the proof."""

import gzip
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO

from accounts.privacy.marks import Marks, masked
from accounts.privacy.registry import Finding, Place, Subject
from atlas import objects
from atlas.objects.cold import FROZEN
from atlas.objects.store import storage

IN_MEMORY = 16 * 1024 * 1024
BLOCK = 1024 * 1024
OVERLAP = 4096
"""Bytes of the block before: a value that is cut in two is found in the next one."""
GZIP = b"\x1f\x8b"


def erase(_: Subject) -> int:
    """Nothing: the files of a person's jobs go with the jobs, those of staff by themselves."""
    return 0


def search(marks: Marks) -> Iterator[Finding]:
    """Every object, unpacked where it is packed. What is frozen cannot be read, and what it holds of people is sealed:
    to forget them is to delete the key (`bookings.archive.privacy`).
    """
    for summary in storage().bucket.objects.all():
        if summary.storage_class in FROZEN:
            continue
        for kind, value in _found_in(summary.key, marks):
            yield Finding("objects", marks.redact(summary.key), "(content)", kind, masked(value), summary.last_modified)


def _found_in(key: str, marks: Marks) -> Iterator[tuple[str, str]]:
    with objects.open(key) as body, tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
        for chunk in body.iter_chunks(BLOCK):
            copy.write(chunk)
        copy.seek(0)
        for text in _texts(copy):
            yield from ((span.kind, text[span.start : span.end]) for span in marks.find(text))


def _texts(file: IO[bytes]) -> Iterator[str]:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield name
                with archive.open(name) as member:
                    yield from _blocks(member)
        return
    file.seek(0)
    head = file.read(2)
    file.seek(0)
    if head == GZIP:
        with gzip.open(file) as unpacked:
            yield from _blocks(unpacked)
    else:
        yield from _blocks(file)


def _blocks(file: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    before = b""
    while block := file.read(BLOCK):
        yield (before + block).decode(errors="replace")
        before = block[-OVERLAP:]


PLACE = Place(
    name="objects",
    what="Files of exports and other jobs",
    why="To do what was asked for (contract)",
    retention="a week (JOB_FILES_DAYS)",
    found_by="As the jobs they belong to",
    erased="Deleted with their jobs; a list that staff had written ends after that week",
    erase=erase,
    search=search,
)
