"""What a ride costs and who gets what of it. `docs/pricing.md` states the same in prose, with worked tables.

Amounts are integer cents. Inside, everything is exact (`Decimal`); each line is rounded once, half-even,
and sums are sums of rounded lines, so what a receipt shows adds up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from atlas.errors import Invalid
from bookings.rules.types import BookingType
from fleet.rules.pricing_rule import PricingRule

CURRENCY = "USD"
PLATFORM_FEE_RATE = Decimal("0.05")

MAX_DISTANCE_KM = Decimal(5_000)
MAX_HOURS_A_DAY = Decimal(24)
MAX_DAYS = 60

Number = Decimal | float | int


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the subtotal: `quantity` (km, hours, rides) at `unit_price` cents each makes `amount`
    cents.
    """

    code: str
    label: str
    quantity: Decimal
    unit_price: int
    amount: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`total` = `subtotal` + `tax` + `platform_fee`; `subtotal` is the sum of the lines. `driver_payout` is
    the part of the subtotal that the operator owes the driver; the client does not pay it on top.
    """

    subtotal: int
    tax: int
    platform_fee: int
    total: int
    driver_payout: int
    currency: str
    lines: tuple[Line, ...]


def estimate(
    *,
    type: BookingType,
    rule: PricingRule,
    tax_rate: Decimal,
    distance_km: Number | None = None,
    duration_hours: Number | None = None,
    duration_days: int = 1,
    itinerary_hours: Sequence[Number] = (),
) -> Breakdown:
    """The price of a request by a pricing rule.

    A transfer needs `distance_km`; HOURLY needs `duration_hours` (for each of `duration_days`), or
    `itinerary_hours`, one entry per day, which then decides alone. `tax_rate` comes from
    `bookings.rules.tax`. Raises `Invalid` with the faulty fields.
    """
    if type.is_transfer:
        lines = _transfer_lines(rule, distance_km, itinerary_hours)
    elif itinerary_hours:
        lines = _itinerary_lines(rule, itinerary_hours)
    else:
        lines = _hourly_lines(rule, duration_hours, duration_days)
    return break_down(lines, tax_rate=tax_rate, driver_commission_pct=rule.driver_commission_pct)


def break_down(lines: Sequence[Line], *, tax_rate: Decimal, driver_commission_pct: Decimal) -> Breakdown:
    """Tax, platform fee and payout on top of given lines."""
    subtotal = sum(line.amount for line in lines)
    tax = cents(subtotal * tax_rate)
    fee = cents(subtotal * PLATFORM_FEE_RATE)
    return Breakdown(
        subtotal=subtotal,
        tax=tax,
        platform_fee=fee,
        total=subtotal + tax + fee,
        driver_payout=cents(subtotal * driver_commission_pct),
        currency=CURRENCY,
        lines=tuple(lines),
    )


def split_total(total_cents: int, *, tax_rate: Decimal, driver_commission_pct: Decimal) -> Breakdown:
    """The parts of an accepted quote, whose price is a total with everything in it.

    The subtotal is the largest one whose total is not above the price, so the split of an estimated total
    gives the estimate back. Not every total can be hit to the cent; the platform fee takes the cent or two
    that are left, never the tax, which is owed on the subtotal.
    """
    if total_cents < 0:
        raise Invalid("A price is not negative.", fields={"price": ["Give whole cents, 0 or more."]})
    subtotal = int(total_cents / (1 + tax_rate + PLATFORM_FEE_RATE)) + 1
    while _total(subtotal, tax_rate) > total_cents:
        subtotal -= 1
    fare = Line("fare", "Agreed fare", Decimal(1), subtotal, subtotal)
    parts = break_down([fare], tax_rate=tax_rate, driver_commission_pct=driver_commission_pct)
    return Breakdown(
        subtotal=subtotal,
        tax=parts.tax,
        platform_fee=total_cents - subtotal - parts.tax,
        total=total_cents,
        driver_payout=parts.driver_payout,
        currency=CURRENCY,
        lines=parts.lines,
    )


def cents(exact: Decimal) -> int:
    """Half-even to the cent: the only place where an amount is rounded."""
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _total(subtotal: int, tax_rate: Decimal) -> int:
    return subtotal + cents(subtotal * tax_rate) + cents(subtotal * PLATFORM_FEE_RATE)


def _transfer_lines(rule: PricingRule, distance_km: Number | None, itinerary: Sequence[object]) -> list[Line]:
    if itinerary:
        raise _fault("itinerary", "A transfer has no itinerary; book by the hour (HOURLY).")
    km = _number("distanceKm", distance_km, maximum=MAX_DISTANCE_KM)
    return [
        Line("base", "Base fare", Decimal(1), rule.base_p2p, rule.base_p2p),
        Line("distance", "Distance, km", km, rule.per_km, cents(km * rule.per_km)),
    ]


def _hourly_lines(rule: PricingRule, duration_hours: Number | None, duration_days: int) -> list[Line]:
    hours = _number("durationHours", duration_hours, maximum=MAX_HOURS_A_DAY)
    if not 1 <= duration_days <= MAX_DAYS:
        raise _fault("durationDays", f"Give between 1 and {MAX_DAYS} days.")
    billed = duration_days * max(hours, Decimal(rule.min_hours))
    return [Line("hours", "Hours", billed, rule.hourly_rate, cents(billed * rule.hourly_rate))]


def _itinerary_lines(rule: PricingRule, itinerary_hours: Sequence[Number]) -> list[Line]:
    if len(itinerary_hours) > MAX_DAYS:
        raise _fault("itinerary", f"Give at most {MAX_DAYS} days.")
    lines = []
    for index, day_hours in enumerate(itinerary_hours):
        hours = _number(f"itinerary.{index}.hours", day_hours, maximum=MAX_HOURS_A_DAY)
        billed = max(hours, Decimal(rule.min_hours))
        label = f"Day {index + 1}, hours"
        lines.append(Line("hours", label, billed, rule.hourly_rate, cents(billed * rule.hourly_rate)))
    return lines


def _number(field: str, value: Number | None, *, maximum: Decimal) -> Decimal:
    """As the exact decimal that was written: 21.5, not the nearest binary fraction."""
    if value is None:
        raise _fault(field, "This is needed for the price.")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or not 0 <= number <= maximum:
        raise _fault(field, f"Give a number between 0 and {maximum}.")
    return number


def _fault(field: str, message: str) -> Invalid:
    return Invalid("The price cannot be worked out.", fields={f"details.{field}": [message]})
