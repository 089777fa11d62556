"""The navigation: which table stands in which group, in this order, with its icon. The one place that says it.

A table that is registered and named nowhere stands in the last group, so that none can be forgotten.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    name: str | Promise
    tables: Mapping[str, str]
    """Model label -> icon of the sprite (`scripts/icons.txt`)."""


GROUPS = (
    Group(
        "marketplace",
        _("Marketplace"),
        {
            "bookings.booking": "calendar3",
            "bookings.quote": "tag",
            "bookings.bookinghistory": "clock-history",
            "bookings.notice": "envelope",
            "bookings.archivedbooking": "briefcase",
        },
    ),
    Group(
        "fleet",
        _("Fleet"),
        {
            "fleet.operator": "building",
            "fleet.driver": "person-badge",
            "fleet.vehicle": "car-front",
            "fleet.calendar": "clock",
            "fleet.organization": "briefcase",
            "fleet.organizationuser": "people",
            "telemetry.trip": "map",
            "telemetry.tripstate": "speedometer2",
            "telemetry.fleetalert": "bell",
            "telemetry.geofence": "geo-alt",
            "telemetry.geofencestate": "compass",
            "telemetry.occurrence": "list",
            "telemetry.securitysettings": "gear",
            "telemetry.clip": "lock",
            "telemetry.report": "list",
            "telemetry.schedule": "clock",
            "fleet.organizationinvitation": "envelope",
            "fleet.vehicleassignment": "car-front",
            "fleet.driverassignment": "key",
        },
    ),
    Group(
        "money",
        _("Money"),
        {
            "payments.paymenttransaction": "cash-coin",
            "payments.billingaccount": "briefcase",
            "payments.savedcard": "credit-card",
            "payments.paymentdifference": "exclamation-triangle",
            "payments.ledgerposting": "list",
            "payments.payout": "briefcase",
            "payments.webhookevent": "send",
        },
    ),
    Group(
        "people",
        _("People"),
        {"accounts.user": "person", "accounts.session": "compass", "accounts.tokenfamily": "phone"},
    ),
    Group(
        "security",
        _("Security & audit"),
        {
            "accounts.accessentry": "list",
            "accounts.seal": "lock",
            "accounts.secondfactor": "shield-check",
            "telemetry.vinmapping": "car-front",
            "telemetry.command": "send",
            "telemetry.oemtoken": "key",
            "accounts.erasure": "trash",
            "accounts.legalhold": "lock",
        },
    ),
    Group(
        "platform",
        _("Platform"),
        {
            "atlas.job": "gear",
            "atlas.outboxrow": "inbox",
            "atlas.idempotencykey": "arrow-repeat",
            "atlas.unique": "key",
        },
    ),
)
OTHER = "list"
"""Icon of a table that no group names."""

_PLACE = {label: (group, order, icon) for group in GROUPS for order, (label, icon) in enumerate(group.tables.items())}


def grouped(models: Iterable[dict[str, Any]], index_url: str) -> list[dict[str, Any]]:
    """Django's entries of the tables that somebody may see, as groups in the shape of Django's own `app_list`."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {group.key: [] for group in GROUPS}
    for entry in models:
        group, order, icon = _PLACE.get(entry["model"]._meta.label_lower, (GROUPS[-1], len(_PLACE), OTHER))
        found[group.key].append((order, {**entry, "icon": icon}))
    return [
        {
            "name": group.name,
            "app_label": group.key,
            "app_url": f"{index_url}#{group.key}",
            "has_module_perms": True,
            "models": [entry for _order, entry in sorted(found[group.key], key=lambda placed: placed[0])],
        }
        for group in GROUPS
        if found[group.key]
    ]


def group_of(label: str) -> str:
    """Name of the group in which a table stands."""
    return str(_PLACE.get(label.lower(), (GROUPS[-1], 0, OTHER))[0].name)
