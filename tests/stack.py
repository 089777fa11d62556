"""All of Atlas as `make run` starts it: real processes on free ports, in a folder of its own, there to be killed.

    def test_something(stack: Stack) -> None:
        stack.kill("web")
        stack.start("web")

One stack serves a whole test process, which it takes some ten seconds to start; the tests that use it bear
`pytest.mark.xdist_group("stack")`, so that there is one in all. What the processes said is in `<folder>/<name>.log`.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer

from atlas.local.plan import PORTS, plan
from atlas.local.ports import LOOPBACK
from atlas.local.program import Program
from atlas.local.reservation import Reservation
from atlas.local.service import Service
from atlas.local.square.testing import SandboxControl

T = TypeVar("T")

PARTS = ("dynamodb", "redis", "objects", "square", "web", "worker", "beat")
"""What runs; the simulator and the sweeper of `make run` do not, so that nobody but the test changes anything."""
QUICK = {
    "ACCEPTANCE_ANSWERED_SECONDS": "4",
    "OUTBOX_RETRY_SECONDS": "3",
    "JOBS_EVERY_SECONDS": "1.5",
    "SQUARE_TIMEOUT_SECONDS": "5",
    "LOCKOUT_FAILURES": "1000",
}
"""Shorter pauses, so that what is put right later is put right within a test's patience."""
PATIENCE_SECONDS = 60.0
"""How long `eventually` waits on a machine that has much else to do; otherwise it waits for a moment."""


class Stack:
    """Start it from the main thread (see `atlas.local.program.die_with`); all of it ends with this process."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        (folder / "run").mkdir(parents=True)
        self._exits = ExitStack()
        reservation = self._exits.enter_context(Reservation())
        port = reservation.take_any()
        wanted = plan(data=folder, port=port, ports={name: reservation.take_any() for name in PORTS}, given={})
        self.url = f"http://{LOOPBACK}:{port}"
        self.env = {**wanted.env, "DJANGO_SETTINGS_MODULE": "atlas.settings", "ATLAS_METER": "1", **settings}
        self._programs = {
            program.name: replace(program, env={**program.env, **self.env}) for wave in wanted.waves for program in wave
        }
        self._services = {name: self._service(self._programs[name]) for name in PARTS}
        self.square = SandboxControl(self.env["SQUARE_BASE_URL"])
        self._dynamodb = boto3.client(
            "dynamodb",
            endpoint_url=self.env["DYNAMODB_ENDPOINT"],
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def open(self) -> None:
        """Everything, in the order of `make run`, with the demo's people and rides."""
        for name in ("dynamodb", "redis", "objects", "square"):
            self.start(name)
        for name in ("tables", "bucket", "seed"):
            self.run(*self._programs[name].command)
        for name in ("web", "worker", "beat"):
            self.start(name)

    def close(self) -> None:
        """At once: nothing of it is wanted any more."""
        for name in reversed(PARTS):
            self.kill(name)
        self.square.close()
        self._exits.close()

    def start(self, name: str) -> None:
        """Returns when it is ready, on the port it had before."""
        self._services[name].start()

    def kill(self, name: str) -> None:
        """`kill -9`."""
        self._services[name].kill()

    def restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def run(self, *command: str) -> str:
        """A command with the settings of this stack; what it printed."""
        done = subprocess.run(  # noqa: S603 - commands of our own
            command, env={**os.environ, **self.env}, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def manage(self, *arguments: str) -> str:
        return self.run(sys.executable, "manage.py", *arguments)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table as it is stored, past all of Atlas."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=f"atlas-{table}", ConsistentRead=True)
        read = TypeDeserializer().deserialize
        return [{name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]]

    def _service(self, program: Program) -> Service:
        return Service(lambda _: program, seconds=PATIENCE_SECONDS, log=self.folder / f"{program.name}.log")


def eventually(look: Callable[[], T | None], *, what: str, within: float = PATIENCE_SECONDS) -> T:
    """The first true answer of `look`; fails when there is none in time."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Running, with demo data."""
    running = Stack(tmp_path_factory.mktemp("stack"), QUICK)
    try:
        running.open()
        yield running
    finally:
        running.close()
