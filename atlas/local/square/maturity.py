"""What happens by itself when its time comes: authorisations lapse, refunds settle."""

from dataclasses import replace

from . import payment_document
from .calls import Call
from .payment_records import lapsing_payments, save_payment
from .refunds import settle, settling_refunds
from .times import parse_time, rfc3339
from .webhooks import record_event


def mature(call: Call) -> bool:
    """Brings everything that is due up to ``call.now``; says whether anything changed.

    Runs before every operation, so no answer shows a state that should be over, and once in a while by itself, so
    that webhooks come without anybody asking. A lapsed payment bears the time it lapsed at, not when it was noticed.
    """
    until = rfc3339(call.now)
    lapsing, settling = lapsing_payments(call.db, until), settling_refunds(call.db, until)
    for document in lapsing:
        moment = parse_time(document["delayed_until"])
        if document["delay_action"] == "COMPLETE":
            document = payment_document.capture(document, now=moment, public_url=call.config.public_url)  # noqa: PLW2901
        else:
            document = payment_document.void(document, now=moment)  # noqa: PLW2901
        save_payment(call.db, document)
        record_event(replace(call, now=moment), "payment.updated", "payment", document)
    for refund in settling:
        settle(call, refund, "COMPLETED")
    return bool(lapsing or settling)
