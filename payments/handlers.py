"""What payments do when they hear of something; `atlas.wiring` says of what. All may hear it twice."""

from atlas.dynamo.attributes import utc_now
from payments import webhooks
from payments.events import PaymentDiffers, WebhookReceived
from payments.reconciling.keeping import keep
from payments.reconciling.looking import Subject, look
from payments.tables import PaymentTransaction


def handle_webhook(event: WebhookReceived) -> None:
    """A webhook was stored: bring its payment forward."""
    webhooks.handle(event)


def hold_for_finance(event: PaymentDiffers) -> None:
    """Money moved otherwise than was asked for: what differs is listed at once, as the nightly run would."""
    row = PaymentTransaction.fetch(event.transaction_id)
    for finding in look(Subject(row.id, row.payment_gateway_id), utc_now()):
        keep(finding, None)
