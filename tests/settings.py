"""The settings of a test process: Atlas's own, on a fresh in-memory DynamoDB engine and a Redis of its own."""

import os
from contextlib import ExitStack

from atlas.local.engine import memory_engine
from atlas.local.redis import temporary_redis

services = ExitStack()
"""What runs beside the tests; `tests/conftest.py` closes it at the end."""
os.environ["ATLAS_ENV"] = "test"
os.environ["DYNAMODB_ENDPOINT"] = services.enter_context(memory_engine()).url
os.environ["REDIS_URL"] = f"{services.enter_context(temporary_redis()).url}/0"
os.environ["OBJECTS_ENDPOINT"] = "http://127.0.0.1:1"  # nobody: who needs objects takes `tests/object_store.py`
os.environ["ATLAS_METER"] = "1"

from atlas.settings import *  # noqa: E402, F403 (the environment first)

INSTALLED_APPS = [*INSTALLED_APPS, "tests.facade.parcels.apps.ParcelsConfig"]  # noqa: F405
PASSWORD_HASHERS = ["tests.fast.QuickBCrypt"]
