"""What a sale consists of: split when the quote is taken, kept with the booking, never worked out anew."""

from dataclasses import asdict
from decimal import Decimal

from bookings.rules.pricing import Breakdown, Line, split_total
from bookings.rules.tax import tax_rate
from bookings.tables import Booking, PriceLine, Sold
from fleet.rules.pricing_rule import DEFAULT_RULES
from fleet.tables import Operator
from payments.ledger.documents import Split


def sale(booking: Booking, operator: Operator, price: int) -> Sold:
    """A total of `price` cents in its parts, by the operator's commission and the place's tax as they are now."""
    category = booking.details.vehicle_category
    default = DEFAULT_RULES[category]
    own = getattr(operator.pricing_rules, category.lower(), None)
    commission = Decimal(str(own.driver_commission_pct)) if own else default.driver_commission_pct
    otherwise = Decimal(str(own.tax_rate)) if own else default.tax_rate
    rate = tax_rate(booking.details.tax_jurisdiction, otherwise=otherwise)
    values = asdict(split_total(price, tax_rate=rate, driver_commission_pct=commission))
    values["lines"] = [PriceLine(**{**line, "quantity": float(line["quantity"])}) for line in values["lines"]]
    return Sold(tax_rate=f"{rate.normalize():f}", **values)


def sold(booking: Booking, operator: Operator) -> Sold:
    """As it was sold; of bookings that were sold before this was kept, by today's rules."""
    kept: Sold | None = booking.sold
    return kept or sale(booking, operator, booking.final_price or 0)


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
