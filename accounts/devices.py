"""What a user agent is called among people: `Firefox on Windows`, `Mobile Safari on iOS`, `curl`."""

from functools import lru_cache

from django.utils.translation import gettext as _
from ua_parser import parse


def device_name(user_agent: str) -> str:
    """Browser and system as far as they are known."""
    browser, system = _families(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


@lru_cache(maxsize=1024)
def _families(user_agent: str) -> tuple[str, str]:
    found = parse(user_agent)
    return (found.user_agent.family if found.user_agent else "", found.os.family if found.os else "")
