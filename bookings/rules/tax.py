"""Tax by jurisdiction.

The jurisdiction is what the booking states: an ISO 3166 code of the place, country or country and
subdivision. It is never guessed from an address, so Chicago is not in California, and `CA` is Canada.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from atlas.errors import Invalid

TAX_RATES: Mapping[str, Decimal] = MappingProxyType(
    {
        "US-NY": Decimal("0.08875"),
        "US-CA": Decimal("0.095"),
        "US-FL": Decimal("0.07"),
        "US-TX": Decimal("0.0825"),
        "US-NV": Decimal("0.0838"),
        "GB": Decimal("0.20"),
        "FR": Decimal("0.20"),
        "AE": Decimal("0.05"),
    }
)

_CODE = re.compile(r"(?P<country>[A-Z]{2})(?P<subdivision>-[A-Z0-9]{1,3})?", re.ASCII)
_ALIASES = {"UK": "GB"}
"""What people write for it; ISO reserves UK for just that."""


def normalize_jurisdiction(code: str) -> str:
    """`us-ny` -> `US-NY`, `UK` -> `GB`. Raises `Invalid` for what is not an ISO 3166 code."""
    match = _CODE.fullmatch(code.strip().upper())
    if match is None:
        raise Invalid(
            "The tax jurisdiction is not a place code.",
            fields={"taxJurisdiction": ["Give an ISO 3166 code such as US-NY or FR."]},
        )
    country = match["country"]
    return _ALIASES.get(country, country) + (match["subdivision"] or "")


def tax_rate(jurisdiction: str | None, *, otherwise: Decimal) -> Decimal:
    """The rate as a fraction: of the place, else of its country, else `otherwise` (the pricing rule's
    own).
    """
    if not jurisdiction:
        return otherwise
    code = normalize_jurisdiction(jurisdiction)
    country = code.partition("-")[0]
    return TAX_RATES.get(code, TAX_RATES.get(country, otherwise))
