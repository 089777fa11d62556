"""The engine without a database: Django's transactions pass, its commands start, SQL is refused by name."""

import os
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import NotSupportedError, connection, transaction

from accounts.models import User

TEST_ENVIRONMENT = {"DJANGO_SETTINGS_MODULE", "ATLAS_ENV", "DYNAMODB_ENDPOINT", "REDIS_URL", "ATLAS_METER"}
"""What `tests.settings` sets: a process started by hand has none of it."""


def test_on_commit_fires_at_once_outside_a_transaction() -> None:
    seen: list[str] = []
    transaction.on_commit(lambda: seen.append("now"))
    assert seen == ["now"]


def test_on_commit_waits_for_the_outermost_block() -> None:
    seen: list[str] = []
    with transaction.atomic():
        with transaction.atomic():
            transaction.on_commit(lambda: seen.append("done"))
        assert seen == []
    assert seen == ["done"]


def test_on_commit_is_dropped_with_its_block() -> None:
    seen: list[str] = []

    @transaction.atomic
    def fail() -> None:
        transaction.on_commit(lambda: seen.append("never"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert seen == []
    transaction.on_commit(lambda: seen.append("next"))
    assert seen == ["next"]


@pytest.mark.parametrize("use", [connection.cursor, lambda: User.objects.raw("select 1").iterator()])
def test_sql_is_refused_by_name(use: Any) -> None:
    with pytest.raises(NotSupportedError, match="no SQL database"):
        list(use())


def test_check_finds_nothing() -> None:
    out = StringIO()
    call_command("check", stdout=out, stderr=out, fail_level="WARNING")
    assert "no issues" in out.getvalue()


def test_nothing_waits_to_be_migrated() -> None:
    """What `runserver` and `createsuperuser` ask before they start."""
    from django.core.management.base import BaseCommand  # noqa: PLC0415

    out = StringIO()
    BaseCommand(stdout=out).check_migrations()
    assert out.getvalue() == ""


@pytest.mark.slow
def test_manage_py_test_runs_pytest() -> None:
    command = [sys.executable, "manage.py", "test", "tests/rules/test_reference.py"]
    environment = {name: value for name, value in os.environ.items() if name not in TEST_ENVIRONMENT}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, b"passed" in done.stdout) == (0, True), done.stdout + done.stderr
