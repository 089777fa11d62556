"""What a sale consists of: split when the quote is taken, kept with the booking, never worked out anew."""

from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from bookings.rules.extras import extra_hours_line, waiting_line
from bookings.rules.pricing import Breakdown, Line, break_down, split_total
from bookings.rules.tax import tax_rate
from bookings.tables import Booking, PriceLine, Sold
from fleet.rules.pricing_rule import DEFAULT_RULES, PricingRule
from fleet.tables import Operator
from payments.ledger.documents import Split


def sale(booking: Booking, operator: Operator, price: int) -> Sold:
    """A total of `price` cents in its parts, by the operator's commission and the place's tax as they are now."""
    own, default = _rules(booking, operator)
    otherwise = Decimal(str(own.tax_rate)) if own else default.tax_rate
    rate = tax_rate(booking.details.tax_jurisdiction, otherwise=otherwise)
    parts = split_total(price, tax_rate=rate, driver_commission_pct=_commission(booking, operator))
    return _kept(parts, rate)


def sold(booking: Booking, operator: Operator) -> Sold:
    """As it was sold; of bookings that were sold before this was kept, by today's rules."""
    kept: Sold | None = booking.sold
    return kept or sale(booking, operator, booking.final_price or 0)


def proposal(booking: Booking, operator: Operator) -> Sold | None:
    """The extras that the ride's own times tell of, at the operator's hourly rate; None for none."""
    own, default = _rules(booking, operator)
    hourly_rate = own.hourly_rate if own else default.hourly_rate
    lines = [line for line in (_waiting(booking, hourly_rate), _extra_hours(booking, hourly_rate)) if line is not None]
    if not lines:
        return None
    rate = Decimal(sold(booking, operator).tax_rate)
    return _kept(break_down(lines, tax_rate=rate, driver_commission_pct=_commission(booking, operator)), rate)


def proposed(booking: Booking, operator: Operator, *, total: int) -> Sold:
    """`total` cents of extras in their parts: those that the ride tells of where they come to just that, else one line.

    Taxed as the ride was when it was sold.
    """
    told = proposal(booking, operator)
    if told is not None and told.total == total:
        return told
    rate = Decimal(sold(booking, operator).tax_rate)
    parts = split_total(total, tax_rate=rate, driver_commission_pct=_commission(booking, operator))
    [fare] = parts.lines
    return _kept(replace(parts, lines=(replace(fare, code="extras", label="Extras"),)), rate)


def extras_split(booking: Booking) -> Split:
    """Whose the extras are."""
    return split(booking, booking.final.extras)


def tip_split(amount: int) -> Split:
    """A tip is the driver's: no fee, no tax."""
    return Split(subtotal=amount, tax=0, platform_fee=0, driver_payout=amount)


def split(booking: Booking, sale: Sold) -> Split:
    """Whose the price is, for the books of its payment."""
    return Split(
        subtotal=sale.subtotal,
        tax=sale.tax,
        tax_rate=sale.tax_rate,
        jurisdiction=booking.details.tax_jurisdiction or None,
        platform_fee=sale.platform_fee,
        driver_payout=sale.driver_payout,
    )


def _waiting(booking: Booking, hourly_rate: int) -> Line | None:
    if booking.arrived_at is None or booking.boarded_at is None:
        return None
    return waiting_line(
        type=booking.type_,
        pickup_at=booking.pickup_at,
        arrived_at=booking.arrived_at,
        boarded_at=booking.boarded_at,
        hourly_rate=hourly_rate,
    )


def _extra_hours(booking: Booking, hourly_rate: int) -> Line | None:
    """Of one day: of several nobody knows when each began and ended."""
    details = booking.details
    days = max(details.duration_days, len(details.itinerary))
    if booking.type_.is_transfer or days > 1 or booking.completed_at is None:
        return None
    bought = sum((Decimal(str(line.quantity)) for line in booking.estimate.lines if line.code == "hours"), Decimal(0))
    return extra_hours_line(
        begins_at=max(booking.pickup_at, booking.arrived_at or booking.pickup_at),
        completed_at=booking.completed_at,
        booked_hours=bought,
        hourly_rate=hourly_rate,
    )


def _rules(booking: Booking, operator: Operator) -> tuple[Any, PricingRule]:
    """The operator's own for this category (None without), and the default."""
    category = booking.details.vehicle_category
    return getattr(operator.pricing_rules, category.lower(), None), DEFAULT_RULES[category]


def _commission(booking: Booking, operator: Operator) -> Decimal:
    own, default = _rules(booking, operator)
    return Decimal(str(own.driver_commission_pct)) if own else default.driver_commission_pct


def _kept(parts: Breakdown, rate: Decimal) -> Sold:
    values = asdict(parts)
    values["lines"] = [PriceLine(**{**line, "quantity": float(line["quantity"])}) for line in values["lines"]]
    return Sold(tax_rate=f"{rate.normalize():f}", **values)


def breakdown(document: Sold) -> Breakdown:
    return Breakdown(
        subtotal=document.subtotal,
        tax=document.tax,
        platform_fee=document.platform_fee,
        total=document.total,
        driver_payout=document.driver_payout,
        currency=document.currency,
        lines=tuple(
            Line(each.code, each.label, Decimal(str(each.quantity)), each.unit_price, each.amount)
            for each in document.lines
        ),
    )
