"""Writing, reading, addressing and deleting one object by its key."""

import io
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any, cast

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.http import content_disposition_header

from atlas.errors import NotFound
from atlas.objects.storage import ObjectStorage

_DELETED_AT_ONCE = 1000
"""Keys in one DeleteObjects (S3's own limit)."""
_MISSING = {"404", "NoSuchKey", "NotFound"}


def write(key: str, chunks: Iterable[bytes], content_type: str) -> int:
    """Store `chunks` as one object and return its size in bytes. Replaces what was under the key.

    Whole or not at all: what raises while it is read leaves the key as it was. Of a large object one part after the
    other is sent (`storage.CHUNK_BYTES`), so memory is bounded and any length will do.
    """
    content = _Chunks(chunks, content_type)
    storage().save(key, content)
    return content.sent


@contextmanager
def open(key: str) -> Iterator[StreamingBody]:
    """The object as a stream with `read`, `iter_chunks` and `iter_lines`. Raises `NotFound`.

    A connection that breaks off raises too: never is part of an object taken for the whole.
    """
    try:
        body: StreamingBody = _object(key).get()["Body"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise NotFound from error
        raise
    with closing(body):  # its own `with` gives the bare stream, which counts nothing
        yield body


def read_range(key: str, offset: int, length: int) -> bytes:
    """So many bytes of the object from `offset` on. Raises `NotFound`."""
    try:
        body = _object(key).get(Range=f"bytes={offset}-{offset + length - 1}")["Body"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise NotFound from error
        raise
    with closing(body):
        return bytes(body.read())


def exists(key: str) -> bool:
    return bool(storage().exists(key))


def url(key: str, filename: str, lifetime: timedelta) -> str:
    """An address that gives the object to whoever has it, as a download called `filename`, for `lifetime`.

    Nothing is asked for: of an object that is not there it leads to S3's own 404.
    """
    parameters = {
        "ResponseContentDisposition": content_disposition_header(as_attachment=True, filename=filename),
        "ResponseCacheControl": "private, no-store",
    }
    return str(storage().url(key, parameters=parameters, expire=int(lifetime.total_seconds())))


def upload_url(key: str, content_type: str, size: int, lifetime: timedelta) -> str:
    """An address at which whoever has it may PUT one object of exactly this type and size, for `lifetime`."""
    client = storage().connection.meta.client
    wanted = {
        "Bucket": storage().bucket_name,
        "Key": storage()._normalize_name(key),
        "ContentType": content_type,
        "ContentLength": size,
    }
    return str(client.generate_presigned_url("put_object", Params=wanted, ExpiresIn=int(lifetime.total_seconds())))


def delete(key: str) -> None:
    """Remove it; one that is not there is no error."""
    storage().delete(key)


def delete_under(prefix: str, *, but: str | None = None) -> int:
    """Remove every object whose key begins with `prefix`, except the one under the key `but`; how many."""
    if not prefix.endswith("/"):
        raise ValueError("A prefix ends with a slash, or it would take its neighbours along.")
    found = [each.key for each in storage().bucket.objects.filter(Prefix=prefix) if each.key != but]
    for start in range(0, len(found), _DELETED_AT_ONCE):
        batch = [{"Key": key} for key in found[start : start + _DELETED_AT_ONCE]]
        storage().bucket.delete_objects(Delete={"Objects": batch, "Quiet": True})
    return len(found)


def storage() -> ObjectStorage:
    """The storage of `STORAGES["default"]`, with its type."""
    return cast(ObjectStorage, default_storage)


def _object(key: str) -> Any:
    return storage().bucket.Object(storage()._normalize_name(key))


class _Chunks(File):  # type: ignore[type-arg]
    """An iterable of bytes as the file that a storage saves: read once, forwards."""

    def __init__(self, chunks: Iterable[bytes], content_type: str) -> None:
        super().__init__(io.BytesIO())
        self.content_type = content_type
        self.sent = 0
        self._left = iter(chunks)
        self._buffer = bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._buffer) < size:
            chunk = next(self._left, None)
            if chunk is None:
                break
            self._buffer += chunk
        taken = bytes(self._buffer) if size < 0 else bytes(self._buffer[:size])
        del self._buffer[: len(taken)]
        self.sent += len(taken)
        return taken

    def seekable(self) -> bool:
        return False

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while taken := self.read(chunk_size or 1 << 20):
            yield taken
