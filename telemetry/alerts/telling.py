"""Limits that were exceeded are told: an event of the vehicle, and an alert."""

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from telemetry.alerts.occurrences import is_told, occurrence
from telemetry.alerts.raising import News, raise_alert
from telemetry.alerts.tables import AlertCategory
from telemetry.rules.escalation import Severity
from telemetry.rules.finding import Finding
from telemetry.rules.limits import Excess
from telemetry.rules.point import instant_of

GRADES = {
    Excess.SPEEDING: (AlertCategory.DRIVING, Severity.HIGH),
    Excess.LOW_BATTERY: (AlertCategory.ENERGY, Severity.MEDIUM),
}


@retried
def tell(pvin: str, organization_id: str, finding: Finding) -> None:
    """Once, however often it is called."""
    if is_told(pvin, finding):
        return
    category, severity = GRADES[Excess(finding.kind)]
    now = utc_now()
    row = occurrence(pvin, organization_id, finding, severity, now)
    news = News(pvin, organization_id, category, finding.kind, severity, instant_of(finding.at), value=finding.value)
    with transact() as tx:
        row.alert_id = raise_alert(tx, news, now).id
        tx.create(row)
