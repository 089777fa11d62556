"""Real workers, there to be killed: Celery processes on the stores of this test process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from atlas.celery import app
from atlas.local.program import Program
from atlas.local.service import Service

LEASE_SECONDS = 2.0


@contextmanager
def worker(log: Path) -> Iterator[Service]:
    """One worker as `make run` has it, whose leases are short. `.kill()` is `kill -9`; `.start()` makes another one."""
    env = {
        "ATLAS_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "atlas.settings",
        "DYNAMODB_ENDPOINT": str(settings.DYNAMODB_ENDPOINT),
        "REDIS_URL": str(settings.REDIS_URL),
        "OBJECTS_ENDPOINT": str(settings.OBJECTS_ENDPOINT),
        "CELERY_TASK_ALWAYS_EAGER": "false",
        "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    command = (sys.executable, "-m", "celery", "--quiet", "--app", "tests.atlas.jobs.app", "worker")
    options = ("--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle")
    program = Program(name="worker", command=(*command, *options, "--loglevel", "WARNING"), env=env)
    service = Service(lambda _: program, log=log)
    service.start()
    try:
        yield service
    finally:
        service.kill()


@contextmanager
def broker() -> Iterator[None]:
    """What this process asks for is done by workers, not at once."""
    eager = app.conf.task_always_eager
    app.conf.task_always_eager = False
    try:
        yield
    finally:
        app.control.purge()
        app.conf.task_always_eager = eager
