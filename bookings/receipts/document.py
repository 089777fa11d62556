"""A receipt in words: everything that its PDF says, as plain text in order. Layout is the template's business.

Labels are in the language that is active; dates and times by the clock at the pick-up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from atlas.templatetags.ui import format_money
from atlas.typesetting import printable
from bookings import labels
from bookings.receipts.reading import Receipt, ReceiptDay
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import TAKEN, PaymentStatus
from payments.panel import METHODS
from payments.rules.types import PaymentMethod

LETTER = frozenset({"US", "CA", "MX", "PR", "PH", "CL", "CO", "CR", "GT", "HN", "NI", "PA", "SV", "VE", "DO"})
"""Countries whose paper is Letter; everybody else's is A4."""


CHARGED = {
    PaymentMethod.CARD: gettext_lazy("Charged to the card"),
    PaymentMethod.INVOICE: gettext_lazy("Paid by invoice"),
    PaymentMethod.WIRE: gettext_lazy("Paid by bank transfer"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One amount. `weight` is "", "sum" for a sum of those above, "total" for the last word."""

    label: str
    amount: str
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    when: str
    place: str


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody or something that took part: a label, and lines of which the first is the name."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    paper: str
    language: str
    issued_on: tuple[int, int, int]
    """Year, month, day."""
    heading: str
    subtitle: str
    number: str
    state: str
    tone: str
    """`done`, `open` or `failed`."""
    facts: tuple[tuple[str, str], ...]
    parties: tuple[Party, ...]
    stops: tuple[Stop, ...]
    days: tuple[tuple[str, str, str, str], ...]
    """Day, when, places, hours."""
    day_labels: tuple[str, str, str, str]
    rows: tuple[Row, ...]
    foot: str
    labels: dict[str, str]
    notes: tuple[tuple[str, str], ...] = ()
    """Said below the amounts: a label, and a line."""


def document(receipt: Receipt) -> Document:
    issued = receipt.issued_at.astimezone(ZoneInfo(receipt.timezone))
    state, tone = _state(receipt)
    return Document(
        paper=paper(receipt),
        language=(get_language() or "en").split("-")[0],
        issued_on=(issued.year, issued.month, issued.day),
        heading=_("Receipt") if receipt.number else _("Statement"),
        subtitle="" if receipt.number else _("Not paid yet: this becomes the receipt, with its number, once it is."),
        number=receipt.number or receipt.reference,
        state=state,
        tone=tone,
        facts=_facts(receipt),
        parties=_parties(receipt),
        stops=_stops(receipt),
        days=tuple(_day(each) for each in receipt.itinerary),
        day_labels=(_("Day"), _("Start"), _("Places"), _("Hours")),
        rows=_rows(receipt),
        foot=_("Booked through Atlas. The ride is the service of %(operator)s.")
        % {"operator": printable(receipt.operator_name)},
        labels={
            "journey": _("Journey"),
            "amounts": _("Amounts"),
            "itinerary": _("Itinerary"),
            "map": _("Map of the route"),
            "page": _("Page"),
        },
    )


def paper(receipt: Receipt) -> str:
    """By the country of the ride; where none is stated, by the part of the world its clock is in."""
    country = receipt.tax_jurisdiction.partition("-")[0]
    is_letter = country in LETTER if country else receipt.timezone.startswith("America/")
    return "us-letter" if is_letter else "a4"


def _state(receipt: Receipt) -> tuple[str, str]:
    if receipt.payment_status not in TAKEN:
        return _("Payment pending"), "open"
    if receipt.payment_status is PaymentStatus.REFUNDED or receipt.amount_refunded >= receipt.amount_paid > 0:
        return _("Refunded"), "failed"
    if receipt.amount_refunded:
        return _("Refunded in part"), "open"
    if receipt.status is BookingStatus.CANCELLED:
        return _("Cancellation fee paid"), "done"
    return _("Paid"), "done"


def _facts(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    zone = ZoneInfo(receipt.timezone)
    facts = [
        (_("Issued"), formats.date_format(receipt.issued_at.astimezone(zone).date(), "j F Y")),
        (_("Booking"), receipt.reference),
        (_("Service"), str(labels.TYPES.get(receipt.type, receipt.type))),
    ]
    if receipt.method is not PaymentMethod.CARD:
        facts.append((_("Method"), str(METHODS[receipt.method])))
    if receipt.card_last4:
        facts.append((_("Card"), f"{printable(receipt.card_brand)} \u2022\u2022\u2022\u2022 {receipt.card_last4}"))
    return tuple(facts)


def _parties(receipt: Receipt) -> tuple[Party, ...]:
    licence = _("Licence %(number)s") % {"number": printable(receipt.business_license)}
    category = str(labels.CATEGORIES.get(receipt.vehicle_category, receipt.vehicle_category))
    all_of_them = (
        Party(_("Operator"), _lines(receipt.operator_name, licence if receipt.business_license else "")),
        Party(_("Booked by"), _lines(receipt.concierge_name)),
        Party(_("Passenger"), _lines(receipt.passenger_name)),
        Party(_("Vehicle"), _lines(receipt.vehicle_name, receipt.plate_number, category)),
        Party(_("Driver"), _lines(receipt.driver_name)),
    )
    return tuple(party for party in all_of_them if party.lines)


def _stops(receipt: Receipt) -> tuple[Stop, ...]:
    stops = [Stop(_when(receipt.pickup_at, receipt.timezone), printable(receipt.pickup_location))]
    if receipt.dropoff_location or receipt.completed_at:
        when = _when(receipt.completed_at, receipt.timezone) if receipt.completed_at else ""
        stops.append(Stop(when, printable(receipt.dropoff_location) or _("End of the ride")))
    return tuple(stops)


def _when(instant: datetime, timezone: str) -> str:
    return formats.date_format(instant.astimezone(ZoneInfo(timezone)), "D j M Y, H:i T")


def _day(day: ReceiptDay) -> tuple[str, str, str, str]:
    start = datetime.fromisoformat(f"{day.date}T{day.time}")
    places = (printable(day.pickup_location), printable(day.dropoff_location))
    return (
        str(day.day_number),
        formats.date_format(start, "D j M Y, H:i"),
        " \u2192 ".join(filter(None, places)),
        _number(Decimal(str(day.hours))),
    )


def price_rows(receipt: Receipt) -> tuple[Row, ...]:
    """What the agreed price is made of."""

    def money(cents: int) -> str:
        return format_money(cents, receipt.currency)

    price = receipt.price
    return (
        *(Row(_line_label(line.label, line.quantity), money(line.amount)) for line in price.lines),
        Row(_("Subtotal"), money(price.subtotal), "sum"),
        Row(_tax_label(receipt), money(price.tax)),
        Row(_("Platform fee"), money(price.platform_fee)),
        Row(_("Agreed price"), money(price.total), "sum"),
    )


def _rows(receipt: Receipt) -> tuple[Row, ...]:
    def money(cents: int) -> str:
        return format_money(cents, receipt.currency)

    rows = list(price_rows(receipt))
    rows += final_rows(receipt, money)
    if receipt.tip:
        rows.append(Row(_("Tip for the driver"), money(receipt.tip)))
    if receipt.status is BookingStatus.CANCELLED:
        rows.append(Row(_("Cancellation fee, instead of the agreed price"), money(receipt.cancellation_fee or 0)))
    paid = receipt.amount_paid
    if receipt.amount_refunded:
        rows += [
            Row(str(CHARGED[receipt.method]), money(paid)),
            Row(_("Refunded"), money(-receipt.amount_refunded)),
        ]
    rows.append(Row(_("Paid"), f"{money(paid - receipt.amount_refunded)} {receipt.currency}", "total"))
    return tuple(rows)


def final_rows(receipt: Receipt, money: Callable[[int], str]) -> list[Row]:
    """Less than was agreed, or the extras in their lines; in either case what the ride cost in the end."""
    final = receipt.final
    if final is None:
        return []
    rows = []
    if final.extras is not None:
        rows = [
            *(Row(_line_label(line.label, line.quantity), money(line.amount)) for line in final.extras.lines),
            Row(_tax_label(receipt), money(final.extras.tax)),
            Row(_("Platform fee"), money(final.extras.platform_fee)),
        ]
    else:
        rows = [Row(_("Less than agreed"), money(final.total - receipt.price.total))]
    reason = printable(final.reason)
    return [*rows, Row(f"{_('Final price')}: {reason}" if reason else _("Final price"), money(final.total), "sum")]


def _tax_label(receipt: Receipt) -> str:
    rate = f"{_number(Decimal(receipt.tax_rate) * 100)}\u00a0%"
    return " ".join(filter(None, (_("Tax"), receipt.tax_jurisdiction, rate)))


def _line_label(label: str, quantity: Decimal) -> str:
    return _(label) if quantity == 1 else f"{_(label)} \u00d7 {_number(quantity)}"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(filter(None, map(printable, texts)))
