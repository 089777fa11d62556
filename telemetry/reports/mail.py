"""The letter that a report is ready: a link to the portal's API would ask to sign in, so the file comes along."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.tables import User
from atlas import objects
from atlas.typesetting import CONTENT_TYPE
from fleet.rules.membership import Right, may
from fleet.tables import Organization, OrganizationUser
from telemetry.events import ReportMade
from telemetry.reports.tables import Report, ReportFormat


def send(event: ReportMade) -> None:
    """To who asked for it, if they may still see it. Heard twice, it may be sent twice."""
    report = Report.find(event.report_id, consistent=True)
    if report is None or report.key_ is None:
        return
    member = OrganizationUser.find(report.organization_id, report.asked_by, consistent=True)
    user = User.find(report.asked_by, consistent=True)
    if user is None or member is None or not may(member.role, Right.SEE_REPORTS):
        return
    organization = Organization.fetch(report.organization_id)
    context = {"report": report, "organization": organization.name, "type": report.type_}
    letter = EmailMessage(
        _("%(organization)s: report, %(type)s") % {"organization": " ".join(organization.name.split()), **context},
        render_to_string("telemetry/mail/report.txt", context),
        None,
        [user.email],
    )
    with objects.open(report.key_) as body:
        kind = CONTENT_TYPE if report.format is ReportFormat.PDF else "text/csv"
        letter.attach(file_name(report), body.read(), kind)
    letter.send()


def file_name(report: Report) -> str:
    return f"{report.type_}-{report.first}-{report.last}.{report.format}"
