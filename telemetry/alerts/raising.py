"""Alerts are raised in the transaction of what they tell of; the same again, while one is open, adds to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from atlas import outbox
from atlas.dynamo.transaction import Transaction
from atlas.shards import shard_of
from atlas.tables import Unique
from fleet.organizations.settings import settings_of
from fleet.tables import Organization
from telemetry.alerts.occurrences import LIFE
from telemetry.alerts.tables import AlertCategory, AlertStatus, FleetAlert
from telemetry.events import AlertRaised
from telemetry.rules.escalation import Severity, next_at


@dataclass(frozen=True, slots=True)
class News:
    """What there is to see to."""

    pvin: str
    organization_id: str
    category: AlertCategory
    kind: str
    severity: Severity
    at: datetime
    subject: str = ""
    name: str | None = None
    value: float | None = None


def raise_alert(tx: Transaction, news: News, now: datetime) -> FleetAlert:
    """With `tx`: a new alert, or one more occurrence of the open one."""
    claim = Unique.find(claim_of(news.pvin, news.kind, news.subject), consistent=True)
    alert = FleetAlert.find(claim.owner_id, consistent=True) if claim is not None else None
    if alert is not None and alert.organization_id == news.organization_id and alert.status != AlertStatus.RESOLVED:
        alert.occurrences += 1
        alert.last_at = max(alert.last_at, news.at)
        alert.expires_at = max(alert.expires_at, _expiry(news.severity, now))
        tx.save(alert)
        return alert
    alert = _new(news, now)
    if claim is None:
        claim = Unique(key_=claim_of(news.pvin, news.kind, news.subject))
    claim.owner_id = alert.id
    tx.save(claim)
    tx.create(alert)
    outbox.add(tx, AlertRaised(alert.id, 0))
    return alert


def claim_of(pvin: str, kind: str, subject: str | None) -> str:
    return f"alert:{pvin}:{kind}:{subject or ''}"


def minutes_of(organization_id: str) -> int | None:
    organization = Organization.find(organization_id)
    found = settings_of(organization).get("alertMinutes") if organization is not None else None
    return None if found is None else int(found)


def set_due(alert: FleetAlert, now: datetime) -> None:
    """When its next level is reached, or never."""
    alert.due_at = next_at(alert.severity, int(alert.level), now, minutes_of(alert.organization_id))
    alert.due_shard = None if alert.due_at is None else shard_of(alert.id)


def _new(news: News, now: datetime) -> FleetAlert:
    alert = FleetAlert(
        id=str(uuid4()),
        organization_id=news.organization_id,
        pvin=news.pvin,
        category=news.category.value,
        kind=news.kind,
        subject=news.subject or None,
        name=news.name,
        severity=news.severity,
        grade=f"{news.organization_id}#{news.severity}",
        timestamp=news.at,
        last_at=news.at,
        value=news.value,
        expires_at=_expiry(news.severity, now),
    )
    set_due(alert, now)
    return alert


def _expiry(severity: Severity, now: datetime) -> datetime:
    return (now + LIFE[severity]).replace(microsecond=0)
