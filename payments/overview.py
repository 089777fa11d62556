"""The panel of payments on the overview of the back office."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.users import current_user
from atlas.backoffice.panels import panel
from atlas.dynamo.attributes import utc_now
from atlas.overview import address
from atlas.templatetags.ui import format_money
from payments import tally
from payments.billing import selectors
from payments.billing.rules import REMINDERS

MOST_SHOWN = 6
NAMES = {
    tally.AUTHORIZED: gettext_lazy("Authorised"),
    tally.CAPTURED: gettext_lazy("Captured"),
    tally.REFUNDED: gettext_lazy("Refunded"),
}


@panel(
    order=30,
    title=gettext_lazy("Money of today"),
    right="payments.view_paymenttransaction",
    template="admin/panels/figures.html",
)
def money_of_today(request: HttpRequest) -> Mapping[str, Any]:
    """What moved since midnight UTC, per currency: one query of the kept counters."""
    cents, movements = tally.of_day(utc_now().date())
    return {
        "figures": [
            {
                "name": f"{name} ({movements[kind]})",
                "values": [format_money(amount, currency) for currency, amount in sorted(cents[kind].items())],
            }
            for kind, name in NAMES.items()
        ],
        "empty": "\u2013",
        "note": _("UTC"),
        "href": address("payments", "paymenttransaction"),
        "link": _("All payments"),
    }


@panel(
    order=35,
    title=gettext_lazy("Invoices overdue"),
    right="payments.view_billingaccount",
    template="admin/panels/tally.html",
)
def invoices_overdue(request: HttpRequest) -> Mapping[str, Any]:
    """The longest due first: a query per shard of the sparse index of what is owed, and those few by key."""
    today = utc_now().date()
    late = selectors.overdue(user=current_user(request))
    return {
        "rows": [
            {
                "text": row.bill.to.company_name,
                "href": address("payments", "paymenttransaction", row.id),
                "figure": _("%(amount)s, %(days)d days")
                % {"amount": format_money(row.amount, row.currency), "days": (today - row.due_date).days},
                "tone": "bad" if (today - row.due_date).days > REMINDERS[-1] else "warn",
            }
            for row in late[:MOST_SHOWN]
        ],
        "note": _("the longest of %d") % len(late) if len(late) > MOST_SHOWN else _("UTC"),
        "empty": _("Nothing is owed beyond its day."),
        "href": f"{address('payments', 'paymenttransaction')}?due_on__to={today - timedelta(days=1)}",
        "link": _("All overdue"),
    }
