"""Objects against a real S3 server: written whole or not, read as a stream, given away by addresses that end."""

import time
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import SuspiciousOperation

from atlas import objects as store
from atlas.errors import NotFound
from atlas.local.service import Service
from atlas.objects.storage import CHUNK_BYTES

pytestmark = pytest.mark.usefixtures("objects")

MINUTE = timedelta(minutes=1)


def new_key() -> str:
    return f"tests/{uuid4()}.bin"


def content(key: str) -> bytes:
    with store.open(key) as stream:
        return bytes(stream.read())


def fetch(address: str) -> tuple[int, dict[str, str], bytes]:
    """As a browser does it: no credentials, just the address."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 (our own server)
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()


@pytest.mark.parametrize("chunks", [[], [b""], [b"one"], [b"one ", b"", b"two ", b"three"]])
def test_what_is_written_is_read(chunks: list[bytes]) -> None:
    key = new_key()
    assert store.write(key, chunks, "text/plain") == len(b"".join(chunks))
    assert content(key) == b"".join(chunks)
    assert store.exists(key)


def test_written_again_it_is_replaced() -> None:
    key = new_key()
    store.write(key, [b"the first, longer one"], "text/plain")
    store.write(key, [b"the second"], "text/plain")
    assert content(key) == b"the second"


def test_a_large_one_goes_through_little_memory() -> None:
    """Several parts, each line where it belongs, and never more than a few parts in memory."""
    lines = 900_000
    key = new_key()

    tracemalloc.start()
    written = store.write(key, (b"%035d\n" % number for number in range(lines)), "text/csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert written == lines * 36 > 3 * CHUNK_BYTES
    assert peak < 3.5 * CHUNK_BYTES
    with store.open(key) as stream:
        assert all(int(line) == number for number, line in enumerate(stream.iter_lines()))


@pytest.mark.parametrize("before", [3, CHUNK_BYTES * 2])
def test_a_source_that_fails_leaves_no_half_object(before: int) -> None:
    key = new_key()
    store.write(key, [b"as it was"], "text/plain")

    def failing() -> Iterator[bytes]:
        yield b"x" * before
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        store.write(key, failing(), "text/plain")
    assert content(key) == b"as it was"


def test_deleted_it_is_gone_and_once_more_is_no_error() -> None:
    key = new_key()
    store.write(key, [b"here"], "text/plain")
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)
    with pytest.raises(NotFound), store.open(key):
        pass


@pytest.mark.parametrize("key", ["../outside", "tests/../../outside", ""])
def test_a_key_cannot_leave_its_place(key: str) -> None:
    with pytest.raises((SuspiciousOperation, ValueError)):
        store.write(key, [b"x"], "text/plain")


def test_an_address_downloads_under_the_name_it_was_given() -> None:
    key = new_key()
    store.write(key, [b"a,b\n"], "text/csv; charset=utf-8")

    status, headers, body = fetch(store.url(key, 'Zoë "June" 2026.csv', MINUTE))

    assert (status, body) == (200, b"a,b\n")
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "Zo%C3%AB" in headers["Content-Disposition"]


def test_an_address_ends() -> None:
    key = new_key()
    store.write(key, [b"secret"], "text/plain")
    address = store.url(key, "a.txt", timedelta(seconds=1))
    assert fetch(address)[0] == 200
    time.sleep(2.1)
    status, _, body = fetch(address)
    assert status == 403
    assert b"secret" not in body


def test_an_address_holds_for_one_object_only() -> None:
    key, other = new_key(), new_key()
    for each in (key, other):
        store.write(each, [b"secret"], "text/plain")
    address = store.url(key, "a.txt", MINUTE)
    for forged in (address.replace(key, other), address.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")):
        assert forged != address
        assert fetch(forged)[0] == 403


def test_kill_9_of_the_server_loses_nothing_that_was_written(object_process: Service) -> None:
    keys = [new_key() for _ in range(5)]
    for key in keys:
        store.write(key, [key.encode() * 100], "text/csv")
    large = new_key()
    store.write(large, [b"x" * (CHUNK_BYTES + 1)], "text/plain")
    address = store.url(keys[0], "a.csv", MINUTE)

    object_process.kill()
    object_process.start()

    assert [content(key) for key in keys] == [key.encode() * 100 for key in keys]
    assert len(content(large)) == CHUNK_BYTES + 1
    assert fetch(address)[1]["Content-Type"] == "text/csv"
