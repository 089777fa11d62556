"""Where a request comes from, as far as we can trust it: for lockouts, audit rows and lists of signed-in devices."""

from dataclasses import dataclass

from django.http import HttpRequest
from rest_framework.settings import api_settings

from atlas.card_numbers import strike_card_numbers

LONGEST_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class Origin:
    ip_address: str = ""
    user_agent: str = ""


def origin_of(request: HttpRequest | None) -> Origin:
    """`X-Forwarded-For` counts only as far as `REST_FRAMEWORK["NUM_PROXIES"]` proxies of our own wrote it."""
    if request is None:
        return Origin()
    proxies: int = api_settings.NUM_PROXIES or 0
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    address = hops[-min(proxies, len(hops))] if proxies and hops else request.META.get("REMOTE_ADDR", "")
    agent = strike_card_numbers(request.META.get("HTTP_USER_AGENT", ""))
    return Origin(str(address), agent[:LONGEST_USER_AGENT])
