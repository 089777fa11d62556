"""Production commands real vehicles, or none."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from telemetry.commands.providers import PROVIDERS
from telemetry.commands.services import OFF


def refuse_simulated_vehicles() -> None:
    """Raise `ImproperlyConfigured` with everything that is wrong, one line each."""
    faults = find_faults()
    if faults:
        raise ImproperlyConfigured("\n".join(faults))


def find_faults() -> list[str]:
    provider = settings.VEHICLE_COMMANDS
    if provider not in {*PROVIDERS, OFF}:
        return [f"VEHICLE_COMMANDS must be {', '.join(PROVIDERS)} or {OFF}."]
    if provider == "simulated" and settings.PRODUCTION:
        return ["VEHICLE_COMMANDS is simulated: production commands real vehicles, or none."]
    if provider != "tesla":
        return []
    faults = []
    if urlsplit(settings.TESLA_PROXY_URL).scheme != "https" and settings.PRODUCTION:
        faults.append("TESLA_PROXY_URL must be the https address of tesla-http-proxy.")
    if not settings.TESLA_PROXY_URL:
        faults.append("Set TESLA_PROXY_URL: the address of tesla-http-proxy.")
    if not settings.TESLA_CLIENT_ID:
        faults.append("Set TESLA_CLIENT_ID: your application at Tesla.")
    return faults
