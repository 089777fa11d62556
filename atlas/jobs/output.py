"""The file that a job writes, piece by piece, so that a run that is cut off loses none and repeats none."""

from collections.abc import Callable, Iterator

from atlas import objects

PIECE_BYTES = 8 * 1024 * 1024
"""What is written is sent away when it has grown to this: so much of a file is in memory at most."""
_READ_BYTES = 1024 * 1024

Pieces = list[list[int]]
"""`[run, count]` for each run that wrote pieces, in order."""


class Output:
    """Write to it in order. What was written before a checkpoint is there again when the job goes on from it.

    Pieces are objects under a name that has the run's number: two workers that both believe to have the job, for the
    moment until one of them notices, write into different places.
    """

    def __init__(self, folder: str, run: int, pieces: Pieces) -> None:
        self._folder = folder
        self._run = run
        self._kept: Pieces = [list(each) for each in pieces]
        self._sent = 0
        self._buffer = bytearray()

    def write(self, data: bytes | str) -> int:
        """Add bytes, or text as UTF-8; returns how many bytes."""
        encoded = data.encode() if isinstance(data, str) else data
        self._buffer += encoded
        if len(self._buffer) >= PIECE_BYTES:
            self._send()
        return len(encoded)

    @property
    def waiting(self) -> int:
        """Bytes that are only in memory."""
        return len(self._buffer)

    def settle(self) -> Pieces:
        """All that was written, as pieces that are stored: what a checkpoint remembers."""
        if self._buffer:
            self._send()
        return self._pieces()

    def finish(self, key: str, content_type: str, beat: Callable[[], None]) -> int:
        """Put the pieces together as the object `key`; its size. Calls `beat` all along, as that may take a while."""
        return objects.write(key, self._all(beat), content_type)

    def _pieces(self) -> Pieces:
        return [*self._kept, [self._run, self._sent]] if self._sent else self._kept

    def _send(self) -> None:
        objects.write(self._key(self._run, self._sent), [bytes(self._buffer)], "application/octet-stream")
        self._sent += 1
        self._buffer.clear()

    def _all(self, beat: Callable[[], None]) -> Iterator[bytes]:
        for run, count in self._pieces():
            for number in range(count):
                with objects.open(self._key(run, number)) as piece:
                    for chunk in piece.iter_chunks(_READ_BYTES):
                        beat()
                        yield chunk
        yield bytes(self._buffer)

    def _key(self, run: int, number: int) -> str:
        return f"{self._folder}pieces/{run:04}-{number:06}"
