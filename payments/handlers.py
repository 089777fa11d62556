"""What payments do when they hear of something; `atlas.wiring` says of what. All may hear it twice."""

from payments import webhooks
from payments.events import WebhookReceived


def handle_webhook(event: WebhookReceived) -> None:
    """A webhook was stored: bring its payment forward."""
    webhooks.handle(event)
