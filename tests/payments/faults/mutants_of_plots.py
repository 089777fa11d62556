"""Mistakes with cards on file, final prices, disputes and rides on account. As those in `mutants`, one at a time."""

from contextlib import AbstractContextManager, ExitStack
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from bookings.rules.extras import Charging
from bookings.services import stating
from bookings.tables import FinalPrice
from payments import gateway
from payments.billing import credit
from payments.billing.tables import BillingCredit
from payments.ledger import posting
from payments.ledger.kinds import PostingKind


def drives_what_nobody_pays_for() -> AbstractContextManager[Any]:
    """A driver sets out although the card on file gave no hold."""
    return patch("bookings.services.dispatching._check_held", lambda booking: None)


def ignores_the_consent() -> AbstractContextManager[Any]:
    """Extras go on the card on file, whatever was agreed to."""
    return patch("bookings.services.stating.charging", lambda **given: Charging.CHARGE)


def takes_a_tip_twice() -> AbstractContextManager[Any]:
    return patch("bookings.services.stating.may_tip", lambda **given: True)


def has_extras_approved_again() -> AbstractContextManager[Any]:
    """What is paid already may be approved, and is charged, once more."""
    check = stating._check_asked
    return patch(
        "bookings.services.stating._check_asked",
        lambda booking: None if booking.charges and booking.final else check(booking),
    )


def takes_the_agreed_price_of_a_cheaper_ride() -> AbstractContextManager[Any]:
    return patch.object(FinalPrice, "is_lower", False)


def posts_no_dispute() -> AbstractContextManager[Any]:
    """The disputed money stays with operator and driver in the books."""
    bring_up = posting.bring_up

    def without(*given: Any, **more: Any) -> list[Any]:
        return [each for each in bring_up(*given, **more) if each.kind is not PostingKind.DISPUTE_OPENED]

    return patch("payments.ledger.posting.bring_up", without)


def takes_older_disputes_for_newer() -> AbstractContextManager[Any]:
    """A webhook that comes late opens a dispute again that was decided."""
    return patch("payments.disputing.is_news", lambda row, dispute: True)


def lends_without_a_limit() -> AbstractContextManager[Any]:
    """An accept looks at the credit, and takes it whatever is left."""
    changes = ExitStack()
    changes.enter_context(patch("payments.billing.credit.add", credit.lend))
    changes.enter_context(
        patch("payments.billing.credit.left", lambda payer_id: BillingCredit.fetch(payer_id) and 10**9)
    )
    return changes


def leaves_what_was_paid_by_bank_open_at_square() -> AbstractContextManager[Any]:
    """The same invoice may be paid twice."""
    return patch("payments.billing.wires._close_at_square", lambda row: None)


def leaves_what_was_called_off_open_at_square() -> AbstractContextManager[Any]:
    """Somebody may pay for a ride that does not take place."""
    return patch("payments.gateway.cancel_invoice", gateway.get_invoice)


def issues_under_a_new_key() -> AbstractContextManager[Any]:
    """A lost answer is asked for again, and there are two invoices for one ride."""
    issue = gateway.issue
    return patch("payments.gateway.issue", lambda bill, key: issue(bill, key=str(uuid4())))
