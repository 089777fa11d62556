"""What telemetry does about facts (`atlas.wiring`)."""

from telemetry.alerts import mail
from telemetry.commands import sending
from telemetry.events import AlertRaised, CommandAsked


def send_command(event: CommandAsked) -> None:
    """In the job that delivers the outbox; what it leaves open the due index has."""
    sending.send(event.user_id, event.command_id)


def show_alert(event: AlertRaised) -> None:
    """To those who watch the fleet."""
    mail.show_alert(event)


def mail_alert(event: AlertRaised) -> None:
    """At worst it comes twice."""
    mail.mail_alert(event)
