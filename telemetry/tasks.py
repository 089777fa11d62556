"""The periodic jobs of telemetry (`atlas.celery`)."""

from celery import shared_task

from telemetry.alerts import escalating
from telemetry.commands import sending
from telemetry.dashcam import processing
from telemetry.ingest import faults
from telemetry.reports import asking
from telemetry.trips import describing, ending
from telemetry.watching import looking


@shared_task
def retry_failed_steps() -> None:
    faults.retry()


@shared_task
def finish_due_trips() -> None:
    """Vehicles whose trip ended, or that may have fallen silent; each a job of its own, on any worker."""
    for pvin in ending.claim_due():
        finish_trips.delay(pvin)


@shared_task
def finish_trips(pvin: str) -> None:
    ending.finish(pvin)


@shared_task
def describe_trips() -> None:
    describing.describe_due()


@shared_task
def send_command(user_id: str, command_id: str) -> None:
    """Again, when a vehicle had to wake up or was busy."""
    sending.send(user_id, command_id)


@shared_task
def sweep_commands() -> None:
    """Commands that were cut off, and repeats that nobody came to."""
    sending.sweep()


@shared_task
def look_at_silent_vehicles() -> None:
    """At a fence that they may have crossed, or stay in for long."""
    looking.look_at_due()


@shared_task
def escalate_alerts() -> None:
    """Alerts that nobody acknowledged in time."""
    escalating.escalate_due()


@shared_task
def sweep_clips() -> None:
    """Clips whose processing was cut off, and uploads of which nobody said that they are done."""
    processing.sweep()


@shared_task
def make_scheduled_reports() -> None:
    asking.make_due()
