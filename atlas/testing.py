"""`manage.py test` runs the project's tests: pytest, in a process with the test settings."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings


class PytestRunner:
    """Django's `TEST_RUNNER` interface. A process of its own, because these settings are not the tests'."""

    def __init__(self, *, verbosity: int = 1, failfast: bool = False, keepdb: bool = False, **_: Any) -> None:
        self.options = ["-v"] * (verbosity > 1) + ["-x"] * failfast

    @classmethod
    def add_arguments(cls, parser: Any) -> None:
        """None beyond Django's own; pytest itself takes the rest."""

    def run_tests(self, test_labels: Sequence[str], **_: Any) -> int:
        """How many failed, as far as a process tells: 0 or pytest's exit status."""
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "pytest", *self.options, *test_labels]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False).returncode  # noqa: S603
