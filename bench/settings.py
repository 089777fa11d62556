"""Atlas's own settings on a fresh in-memory engine, a Redis and a Square sandbox, with the plain API beside it."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from atlas.local.engine import memory_engine
from atlas.local.redis import temporary_redis
from atlas.local.square.testing import SandboxServer

services = ExitStack()
"""What runs beside the bench; it closes it at the end."""
_folder = Path(services.enter_context(tempfile.TemporaryDirectory()))
_square = services.enter_context(SandboxServer(_folder / "square.sqlite3"))
os.environ |= {
    "ATLAS_ENV": "test",
    "ATLAS_DATA": str(_folder),
    "CELERY_TASK_ALWAYS_EAGER": "false",
    "DYNAMODB_ENDPOINT": services.enter_context(memory_engine()).url,
    "LOG_LEVEL": "WARNING",
    "REDIS_URL": f"{services.enter_context(temporary_redis()).url}/0",
    "SQUARE_ACCESS_TOKEN": _square.access_token,
    "SQUARE_BASE_URL": _square.base_url,
    **{f"THROTTLE_{scope}": "1000000/minute" for scope in ("ANON", "READ", "WRITE", "LOGIN", "REGISTER")},
}

from atlas.settings import *  # noqa: E402, F403 (the environment first)

ROOT_URLCONF = "bench.plain.urls"
