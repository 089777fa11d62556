"""All that is left of a run, as text: each place with the numbers that are in it."""

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core import mail
from django.test import Client

from atlas.dynamo.connection import connection
from atlas.dynamo.registry import tables
from atlas.live import redis
from atlas.local.square.testing import SandboxControl
from atlas.objects import store
from tests.card_numbers.writing import NUMBERS

PATTERN = re.compile("|".join(r"\D{0,3}".join(re.sub(r"\D", "", each)) for each in NUMBERS))
"""However they are grouped."""


def found(places: Iterator[tuple[str, str]]) -> list[str]:
    """Every place that holds one, with what stands around it."""
    return [
        f"{place}: {text[max(0, each.start() - 60) : each.end() + 20]!r}"
        for place, text in places
        for each in PATTERN.finditer(text)
    ]


def what_was_told(sandbox: SandboxControl) -> Iterator[tuple[str, str]]:
    """To people by mail, and to Square."""
    for message in mail.outbox:
        yield f"mail {message.subject!r}", f"{message.message().as_string()} {message.body}"
    documents = (sandbox.payments(), sandbox.refunds(), sandbox.customers(), sandbox.cards(), sandbox.invoices())
    yield "Square", json.dumps([*documents, sandbox.calls()], ensure_ascii=False)


def what_is_left(log: io.StringIO) -> Iterator[tuple[str, str]]:
    """Of a whole run, past every service."""
    yield from of_store()
    yield from of_redis()
    yield from of_files()
    yield "log", log.getvalue()
    yield "metrics", Client().get("/metrics").content.decode()


def of_store() -> Iterator[tuple[str, str]]:
    """Each item of each table in its wire form; what is compressed is opened."""
    client = connection().client
    for table in tables():
        pages = client.get_paginator("scan").paginate(TableName=table.Meta.table_name, ConsistentRead=True)
        for page in pages:
            for item in page["Items"]:
                yield f"table {table.Meta.name}", json.dumps(item, default=_opened, ensure_ascii=False)


def of_redis() -> Iterator[tuple[str, str]]:
    client: Any = redis.client()
    for key in client.scan_iter(count=1_000):
        with suppress(Exception):  # one that ended meanwhile, or is of a kind that has no dump
            yield f"redis {key!r}", f"{key!r} {client.dump(key)!r}"


def of_files() -> Iterator[tuple[str, str]]:
    for each in store.storage().bucket.objects.all():
        body = each.get()["Body"].read()
        yield f"file {each.key}", f"{each.key} {_opened(body)}"


def _opened(value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    for opening in (gzip.decompress, zlib.decompress):
        with suppress(OSError, zlib.error, EOFError):
            return opening(value).decode(errors="replace")
    return value.decode(errors="replace")
