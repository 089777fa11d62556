"""Statements as their readers have them."""

import csv
from io import BytesIO, StringIO

from pypdf import PdfReader

from atlas import jobs
from atlas import objects as storage
from atlas.jobs import JobStatus
from atlas.jobs.tables import Job

CENTS = ("gross", "tax", "platform fee", "drivers", "operator", "in suspense", "paid out", "balance")
Row = dict[str, str]


def file_of(job: Job) -> bytes:
    done = jobs.find(job.id)
    assert done is not None
    assert done.status is JobStatus.DONE, done.error
    with storage.open(str(done.result_key)) as stored:
        return bytes(stored.read())


def rows_of(text: bytes) -> list[Row]:
    return list(csv.DictReader(StringIO(text.decode("utf-8-sig"))))


def cents(row: Row, name: str) -> int:
    """Of an amount in its text, exactly."""
    whole, _, part = row[name].removeprefix("-").partition(".")
    assert len(part) == 2
    return (-1 if row[name].startswith("-") else 1) * (int(whole) * 100 + int(part))


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)
