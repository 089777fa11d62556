"""The payment page: whose card field it shows, and what its own Content-Security-Policy allows for that.

A card's number is typed into a frame of Square's and never passes Atlas; what comes back is a token that works once.
Outside production labelled outcomes stand in its place (`local`), and the page asks no other host for anything.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import wraps
from types import MappingProxyType
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


class Environment(StrEnum):
    LOCAL = "local"
    SANDBOX = "sandbox"
    PRODUCTION = "production"


LIBRARY = MappingProxyType(
    {Environment.SANDBOX: "https://sandbox.web.squarecdn.com", Environment.PRODUCTION: "https://web.squarecdn.com"}
)
"""Where Square's Web Payments SDK comes from, and its frames."""
TOKENS = MappingProxyType(
    {
        Environment.SANDBOX: "https://pci-connect.squareupsandbox.com",
        Environment.PRODUCTION: "https://pci-connect.squareup.com",
    }
)
"""Where it changes cards for tokens."""
FAULTS = "https://o160250.ingest.sentry.io"
"""Where it tells of its own faults."""
FONTS = ("https://square-fonts-production-f.squarecdn.com", "https://d1g145x70srn7h.cloudfront.net")


def policy() -> Mapping[str, list[str]]:
    """What the payment page may do beyond any other page. Nothing for `local`."""
    environment = Environment(settings.SQUARE_ENVIRONMENT)
    if environment is Environment.LOCAL:
        return {}
    library = LIBRARY[environment]
    return {
        "script-src": [library],
        "style-src": [library],
        "frame-src": [library, *settings.SQUARE_CHALLENGE_FRAMES],
        "connect-src": [library, TOKENS[environment], FAULTS],
        "font-src": list(FONTS),
    }


def under_its_policy(view: View) -> View:
    """A view whose answers carry `policy()`, as the settings are when it is asked."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = csp_update(dict(policy()))(view)(*args, **kwargs)
        return answer

    return shown


def card_field(*, amount: int, currency: str, contact: Mapping[str, str]) -> dict[str, Any]:
    """What `static/js/payments/page.js` needs to know, as JSON. `amount` in cents; `contact` in Square's names."""
    environment = Environment(settings.SQUARE_ENVIRONMENT)
    charge = {"amount": str(Decimal(amount).scaleb(-2)), "currencyCode": currency, "billingContact": dict(contact)}
    if environment is Environment.LOCAL:
        return {"adapter": "local", "charge": charge}
    return {
        "adapter": "square",
        "library": f"{LIBRARY[environment]}/v1/square.js",
        "applicationId": settings.SQUARE_APPLICATION_ID,
        "locationId": settings.SQUARE_LOCATION_ID,
        "charge": charge,
    }
