"""Production takes real money or does not start: nothing of the local sandbox may be left in its settings."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SANDBOX_LOCATIONS = frozenset({"", "L-ATLAS-LOCAL", "LOCALSANDBOX"})
SANDBOX_SECRETS = frozenset({"local-sandbox-token", "local-sandbox-webhook-key", "local-webhook-signature-key"})


def refuse_play_money() -> None:
    """Raise `ImproperlyConfigured` with everything that is wrong, one line each."""
    if settings.PRODUCTION and (faults := find_faults()):
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


def _is_square(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith((".squareup.com", ".squareupsandbox.com"))
