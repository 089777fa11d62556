"""The panel of payments on the overview of the back office."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atlas.backoffice.panels import panel
from atlas.dynamo.attributes import utc_now
from atlas.overview import address
from atlas.templatetags.ui import format_money
from payments import tally

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
