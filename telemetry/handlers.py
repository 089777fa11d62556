"""What telemetry does about facts (`atlas.wiring`)."""

from telemetry.alerts import mail
from telemetry.commands import sending
from telemetry.dashcam import processing
from telemetry.events import AlertRaised, ClipUploaded, CommandAsked, ReportAsked, ReportMade
from telemetry.reports import asking
from telemetry.reports import mail as report_mail


def send_command(event: CommandAsked) -> None:
    """In the job that delivers the outbox; what it leaves open the due index has."""
    sending.send(event.user_id, event.command_id)


def show_alert(event: AlertRaised) -> None:
    """To those who watch the fleet."""
    mail.show_alert(event)


def mail_alert(event: AlertRaised) -> None:
    """At worst it comes twice."""
    mail.mail_alert(event)


def process_clip(event: ClipUploaded) -> None:
    """Heard twice while it is at work, it does nothing the second time: the clip is claimed."""
    processing.process(event.clip_id)


def make_report(event: ReportAsked) -> None:
    asking.start(event)


def mail_report(event: ReportMade) -> None:
    report_mail.send(event)
