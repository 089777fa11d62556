"""Money moved by a person of the staff: their right, then the same use cases as everybody's."""

from accounts.users import CurrentUser
from payments.permissions import check_may
from payments.rules.lifecycle import PaymentAction
from payments.services.closing import capture, void
from payments.services.refunding import refund
from payments.tables import PaymentTransaction


def capture_by(*, user: CurrentUser, transaction_id: str, amount: int | None = None) -> PaymentTransaction:
    """Take the authorised money, or `amount` cents of it; see `capture`."""
    check_may(user, PaymentAction.CAPTURE, PaymentTransaction.fetch(transaction_id))
    return capture(transaction_id=transaction_id, amount=amount)


def void_by(*, user: CurrentUser, transaction_id: str) -> PaymentTransaction:
    """Release the hold; see `void`."""
    check_may(user, PaymentAction.VOID, PaymentTransaction.fetch(transaction_id))
    return void(transaction_id=transaction_id)


def refund_by(
    *, user: CurrentUser, transaction_id: str, amount: int | None, reason: str, click: str
) -> PaymentTransaction:
    """Give `amount` cents back, or all that is left; `click` names the one form that was sent, see `refund`."""
    check_may(user, PaymentAction.REFUND, PaymentTransaction.fetch(transaction_id))
    return refund(transaction_id=transaction_id, amount=amount, reason=reason, request_key=f"{user.id}:{click}")
