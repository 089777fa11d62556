"""Production takes real money or does not start: nothing of the local sandbox may be left in its settings."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from payments.page import Environment

ORIGIN = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?", re.ASCII)
SANDBOX_LOCATIONS = frozenset({"", "L-ATLAS-LOCAL", "LOCALSANDBOX"})
SANDBOX_SECRETS = frozenset({"local-sandbox-token", "local-sandbox-webhook-key", "local-webhook-signature-key"})


def refuse_play_money() -> None:
    """Raise `ImproperlyConfigured` with everything that is wrong, one line each."""
    faults = [*(find_faults() if settings.PRODUCTION else ()), *find_page_faults()]
    if faults:
        raise ImproperlyConfigured("\n".join(faults))


def find_faults() -> list[str]:
    """What production must not have; `atlas.settings` itself refuses the default secrets by name."""
    faults = []
    if settings.SQUARE_BASE_URL and not _is_square(settings.SQUARE_BASE_URL):
        faults.append("SQUARE_BASE_URL is not Square's: leave it unset for real payments.")
    if settings.SQUARE_ACCESS_TOKEN in SANDBOX_SECRETS:
        faults.append("SQUARE_ACCESS_TOKEN is the local sandbox's.")
    if settings.SQUARE_WEBHOOK_KEY in SANDBOX_SECRETS:
        faults.append("SQUARE_WEBHOOK_KEY is the local sandbox's.")
    if settings.SQUARE_LOCATION_ID in SANDBOX_LOCATIONS:
        faults.append("Set SQUARE_LOCATION_ID to your own location at Square.")
    if urlsplit(settings.SQUARE_WEBHOOK_URL).scheme != "https":
        faults.append("SQUARE_WEBHOOK_URL must be the https address that is registered with Square.")
    return faults


def find_page_faults() -> list[str]:
    """What would keep the payment page from giving tokens that the API behind it takes; checked everywhere."""
    environment, application = settings.SQUARE_ENVIRONMENT, settings.SQUARE_APPLICATION_ID
    if environment not in set(Environment):
        return ["SQUARE_ENVIRONMENT must be local, sandbox or production."]
    faults = [
        f"SQUARE_CHALLENGE_FRAMES must be https origins, not {each!r}."
        for each in settings.SQUARE_CHALLENGE_FRAMES
        if not ORIGIN.fullmatch(each)
    ]
    if environment == Environment.LOCAL:
        if settings.PRODUCTION:
            faults.append("SQUARE_ENVIRONMENT is local: production takes real cards.")
        return faults
    if environment != _environment_of(settings.SQUARE_BASE_URL):
        faults.append(f"SQUARE_ENVIRONMENT is {environment}, which SQUARE_BASE_URL is not.")
    elif not application:
        faults.append("Set SQUARE_APPLICATION_ID to your application at Square.")
    elif application.startswith("sandbox-") != (environment == Environment.SANDBOX):
        faults.append(f"SQUARE_APPLICATION_ID is not of Square's {environment} environment.")
    return faults


def _environment_of(base_url: str | None) -> Environment:
    host = urlsplit(base_url or "https://connect.squareup.com").hostname or ""
    if host.endswith(".squareupsandbox.com"):
        return Environment.SANDBOX
    return Environment.PRODUCTION if host.endswith(".squareup.com") else Environment.LOCAL


def _is_square(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith((".squareup.com", ".squareupsandbox.com"))
