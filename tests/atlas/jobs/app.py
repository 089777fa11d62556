"""Atlas's own job runner, with the jobs of the tests: `celery -A tests.atlas.jobs.app worker`."""

import django

django.setup()

import tests.atlas.jobs.samples  # noqa: E402, F401
from atlas.celery import app  # noqa: E402

__all__ = ["app"]
