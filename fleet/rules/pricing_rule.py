"""What an operator charges for one category of vehicle.

The seed writes these rates in USD. Atlas holds every amount as integer cents, these too: 2.35 USD per km is
`per_km=235`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from fleet.rules.types import VehicleCategory

MAX_RATE = 1_000_000
"""Cents (10,000 USD): no rate of the trade comes near it, a slipped decimal point does."""
MAX_MIN_HOURS = 24

OTHERWISE_TAX_RATE = Decimal("0.05")
"""The tax where no jurisdiction of `bookings.rules.tax` applies."""


@dataclass(frozen=True, slots=True)
class PricingRule:
    """Money in integer cents; percentages as fractions (0.75 is 75 %)."""

    vehicle_category: VehicleCategory
    hourly_rate: int
    base_p2p: int
    per_km: int
    min_hours: int
    driver_commission_pct: Decimal
    tax_rate: Decimal = OTHERWISE_TAX_RATE


def pricing_rule_faults(rule: PricingRule) -> dict[str, list[str]]:
    """What is wrong with a rule, by camelCase field; empty when it may be used."""
    faults: dict[str, list[str]] = {}
    for field, cents in (
        ("hourlyRate", rule.hourly_rate),
        ("baseP2P", rule.base_p2p),
        ("perKm", rule.per_km),
    ):
        if not _is_whole(cents):
            faults[field] = ["Give whole cents."]
        elif not 0 <= cents <= MAX_RATE:
            faults[field] = [f"Give between 0 and {MAX_RATE} cents."]
    if not _is_whole(rule.min_hours) or not 0 <= rule.min_hours <= MAX_MIN_HOURS:
        faults["minHours"] = [f"Give whole hours between 0 and {MAX_MIN_HOURS}."]
    if not _is_fraction(rule.driver_commission_pct):
        faults["driverCommissionPct"] = ["Give a fraction between 0 and 1, such as 0.75."]
    if not _is_fraction(rule.tax_rate):
        faults["taxRate"] = ["Give a fraction between 0 and 1, such as 0.05."]
    if not faults and rule.hourly_rate == 0 and rule.base_p2p == 0 and rule.per_km == 0:
        faults["hourlyRate"] = ["A rule must charge something."]
    return faults


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_fraction(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= 1


def _defaults() -> Mapping[VehicleCategory, PricingRule]:
    rows = (
        # hourly, base, per km, minimum hours, driver's share
        (VehicleCategory.SEDAN, 9_500, 12_500, 235, 3, "0.75"),
        (VehicleCategory.SUV, 12_500, 16_000, 295, 3, "0.75"),
        (VehicleCategory.SPRINTER, 17_500, 25_000, 340, 4, "0.70"),
        (VehicleCategory.LIMO, 22_500, 35_000, 400, 4, "0.80"),
    )
    return MappingProxyType({row[0]: PricingRule(*row[:-1], Decimal(row[-1])) for row in rows})


DEFAULT_RULES = _defaults()
"""What a request is estimated with, and what a new operator starts from."""
