"""The letter of an alert, to the roles that its level says; told of by the outbox, so at worst it comes twice."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.rules.roles import UserStatus
from accounts.tables import User
from atlas.api.fields import Instant
from atlas.dynamo.many import get_many
from atlas.live.publish import publish
from fleet.tables import Organization, OrganizationUser
from telemetry.alerts.tables import AlertStatus, FleetAlert
from telemetry.events import AlertRaised
from telemetry.rules.escalation import told
from telemetry.state.live import alerts_topic

MOST_TOLD = 100


def show_alert(event: AlertRaised) -> None:
    """To those who watch the whole fleet, at once."""
    alert = FleetAlert.find(event.alert_id, consistent=True)
    if alert is not None and alert.status == AlertStatus.OPEN:
        message = {
            "type": "alert",
            "alertId": alert.id,
            "pvin": alert.pvin,
            "kind": alert.kind,
            "severity": alert.severity.value,
            "level": event.level,
            "timestamp": Instant().to_representation(alert.timestamp),
        }
        publish(alerts_topic(alert.organization_id), message, subject=alert.pvin)


def mail_alert(event: AlertRaised) -> None:
    """Nothing of one that somebody sees to by now."""
    alert = FleetAlert.find(event.alert_id, consistent=True)
    if alert is None or alert.status != AlertStatus.OPEN:
        return
    roles = told(alert.severity, event.level)
    if not roles:
        return
    organization = Organization.find(alert.organization_id)
    context = {
        "alert": alert,
        "organization": organization.name if organization else "",
        "vehicle": alert.pvin[:12],
        "level": event.level,
        "url": settings.PUBLIC_URL,
    }
    text = render_to_string("telemetry/mail/alert.txt", context)
    subject = _("%(severity)s alert: %(kind)s") % {"severity": alert.severity.value.capitalize(), "kind": alert.kind}
    for address in _addresses(alert.organization_id, roles):
        send_mail(subject, text, None, [address])


def _addresses(organization_id: str, roles: frozenset[str]) -> list[str]:
    members = [each.user_id for each in OrganizationUser.query(organization_id) if each.role in roles][:MOST_TOLD]
    users = get_many(*((User, each) for each in members)) if members else []
    return [user.email for user in users if user is not None and user.status == UserStatus.ACTIVE]
