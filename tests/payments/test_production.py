"""Production does not start on play money."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

pytestmark = pytest.mark.slow

REAL: Mapping[str, str] = {
    "ATLAS_ENV": "production",
    "SECRET_KEY": "s" * 60,
    "TOKEN_KEY": "t" * 60,
    "AUDIT_KEY": "a" * 60,
    "ALLOWED_HOSTS": "atlas.example",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_URL": "https://atlas.example",
    "SQUARE_ACCESS_TOKEN": "EAAA-real",
    "SQUARE_WEBHOOK_KEY": "real-key",
    "SQUARE_LOCATION_ID": "L1234567890AB",
    "SQUARE_APPLICATION_ID": "sq0idp-real",
    "VAULT_KEYS": "v" * 40,
    "VIN_KEY": "n" * 40,
    "OBJECTS_BUCKET": "atlas-objects-of-ours",
}


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    """Start Django as production would, without opening anything."""
    unset = ("DYNAMODB_ENDPOINT", "SQUARE_BASE_URL", "OBJECTS_ENDPOINT", "DJANGO_SETTINGS_MODULE")
    env = {name: value for name, value in os.environ.items() if name not in unset}
    code = "import django; from django.apps import apps; django.setup()"
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        env={**env, "DJANGO_SETTINGS_MODULE": "atlas.settings", **REAL, **changes},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_starts_with_settings_of_its_own() -> None:
    started = start()
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SQUARE_BASE_URL", "http://127.0.0.1:8101"),
        ("SQUARE_BASE_URL", "https://square.example"),
        ("SQUARE_ACCESS_TOKEN", "local-sandbox-token"),
        ("SQUARE_WEBHOOK_KEY", "local-sandbox-webhook-key"),
        ("SQUARE_LOCATION_ID", "L-ATLAS-LOCAL"),
        ("SQUARE_ENVIRONMENT", "local"),
        ("SQUARE_ENVIRONMENT", "sandbox"),
        ("SQUARE_ENVIRONMENT", "elsewhere"),
        ("SQUARE_APPLICATION_ID", ""),
        ("SQUARE_APPLICATION_ID", "sandbox-sq0idb-x"),
        ("SQUARE_CHALLENGE_FRAMES", "http://bank.example"),
        ("SQUARE_WEBHOOK_URL", "http://atlas.example/api/v1/webhooks/square"),
    ],
)
def test_it_refuses_what_belongs_to_the_sandbox(name: str, value: str) -> None:
    refused = start(**{name: value})
    assert refused.returncode != 0
    assert name in refused.stderr.splitlines()[-1]
