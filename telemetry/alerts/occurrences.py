"""Writing down what was noticed, once."""

from datetime import datetime, timedelta

from atlas.dynamo.attributes import instant_text
from telemetry.alerts.tables import Occurrence
from telemetry.rules.escalation import Severity
from telemetry.rules.finding import Finding
from telemetry.rules.point import DEGREE, instant_of

LIFE = {Severity.CRITICAL: timedelta(days=366), Severity.HIGH: timedelta(days=30), Severity.MEDIUM: timedelta(days=30)}


def key_of(finding: Finding) -> str:
    return f"{instant_text(instant_of(finding.at))}#{finding.kind}#{finding.subject}"


def is_told(pvin: str, finding: Finding) -> bool:
    return Occurrence.find(pvin, key_of(finding), consistent=True) is not None


def occurrence(
    pvin: str, organization_id: str, finding: Finding, severity: Severity, now: datetime, *, name: str | None = None
) -> Occurrence:
    return Occurrence(
        pvin=pvin,
        key_=key_of(finding),
        organization_id=organization_id,
        kind=finding.kind,
        at=instant_of(finding.at),
        subject=finding.subject or None,
        name=name,
        lat=None if finding.lat is None else finding.lat / DEGREE,
        lng=None if finding.lng is None else finding.lng / DEGREE,
        value=finding.value,
        expires_at=(now + LIFE[severity]).replace(microsecond=0),
    )
