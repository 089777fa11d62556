"""What a job's function is given: its parameters, and the ways to tell how far it is."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

from django.conf import settings
from pynamodb.exceptions import PutError

from atlas.dynamo.attributes import utc_now
from atlas.jobs.output import PIECE_BYTES, Output
from atlas.jobs.tables import Job, JobStatus

WRITE_SECONDS = 1.0
"""Progress is written once in this time, however often it is told; so are checkpoints."""
LARGEST_STATE = 64 * 1024
"""Bytes of JSON: a checkpoint says where to go on, it does not carry what was found."""
LONGEST_NOTE = 300


ending = Event()
"""Set when this process was asked to end: each run in it stops at its next checkpoint."""


class Stopped(Exception):
    """This run is over, whatever it was doing. Let it pass."""


class Cancelled(Stopped):
    """Somebody cancelled the job."""


class HandedBack(Stopped):
    """This worker is about to end: another one goes on at once, from the checkpoint just stored."""


class LeaseLost(Stopped):
    """The job was silent for too long and is another worker's now."""


@dataclass(frozen=True, slots=True)
class File:
    """What a finished job leaves."""

    key: str
    name: str
    size: int


class Run:
    """One run of a job, from its last checkpoint.

    Tell `progress` or `checkpoint` every few seconds: that renews the lease (`JOB_LEASE_SECONDS`), after which another
    worker takes the job up, and it is where a run hears that it was cancelled (`Stopped` is raised; let it pass).
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._output: Output | None = None
        self._written = time.monotonic()
        self._settled = 0.0
        self.file_written: File | None = None
        self.state: dict[str, Any] = dict(job.state)
        """The last checkpoint; empty for a job that begins. Read it first, the file goes on from the same point."""

    @property
    def id(self) -> str:
        return self._job.id

    @property
    def params(self) -> dict[str, Any]:
        return dict(self._job.params)

    @property
    def owner_id(self) -> str | None:
        return self._job.owner_id

    @property
    def attempt(self) -> int:
        """1 for the first run of the job."""
        return int(self._job.run)

    @property
    def dry_run(self) -> bool:
        """Go through everything, change nothing."""
        return bool(self._job.dry_run)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """So much of so much is done; `total` None: nobody knows."""
        self._job.done, self._job.total, self._job.note = done, total, note[:LONGEST_NOTE]
        self._beat()

    def checkpoint(self, state: Mapping[str, Any]) -> None:
        """Here another run could go on: `state` (JSON, up to 64 KB) says where, and the file is as it is now.

        Call it as often as you like, wherever state and file agree; it is stored about once a second. What comes after
        the last stored one is done again by the next run, so what it changes elsewhere must bear that.
        """
        self.state = dict(state)
        grown = self._output is not None and self._output.waiting >= PIECE_BYTES
        if grown or ending.is_set() or time.monotonic() - self._settled >= WRITE_SECONDS:
            self._settle()
        if ending.is_set():
            raise HandedBack

    @contextmanager
    def file(self, name: str, content_type: str) -> Iterator[Output]:
        """The file that the job is for: one per job, downloaded as `name`. It is there when the job is done."""
        if self._output is not None or self.file_written is not None:
            raise ValueError("A job writes one file.")
        self._output = output = Output(self._job.folder, self._job.run, self._job.pieces)
        yield output
        key = f"{self._job.folder}file-{self._job.run:04}"
        self.file_written = File(key, name, output.finish(key, content_type, self._beat))
        self._output = None

    def _settle(self) -> None:
        if len(json.dumps(self.state).encode()) > LARGEST_STATE:
            raise ValueError(f"A checkpoint holds {LARGEST_STATE} bytes at most.")
        if self._output is not None:
            self._job.pieces = self._output.settle()
        if self._job.state != self.state:
            self._job.state, self._job.attempts = self.state, 0
        self._settled = time.monotonic()
        self._write()

    def _beat(self) -> None:
        if time.monotonic() - self._written >= WRITE_SECONDS:
            self._write()

    def _write(self) -> None:
        """Store the row, and raise `Stopped` when it is no longer this run's to write."""
        job, now = self._job, utc_now()
        if job.lease_until is None or job.lease_until - now < settings.JOB_LEASE * 2 / 3:
            job.lease_until = job.due_at = now + settings.JOB_LEASE
        try:
            job.save()
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise self._why_not() from error
        self._written = time.monotonic()

    def _why_not(self) -> Stopped:
        now = Job.find(self.id, consistent=True)
        return Cancelled() if now is None or now.status is JobStatus.CANCELLED else LeaseLost()
