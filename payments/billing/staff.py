"""What finance does about a payment on account: their right, then the use cases that everybody has."""

from accounts import staff
from accounts.users import CurrentUser
from payments.billing.following import call_off, follow
from payments.billing.issuing import issue_again
from payments.billing.wires import TABLE
from payments.tables import PaymentTransaction


def call_off_by(*, user: CurrentUser, transaction_id: str) -> PaymentTransaction:
    """Nobody has to pay it any more; see `call_off`."""
    staff.require(user, "cancel_invoice", TABLE)
    return call_off(transaction_id=transaction_id)


def issue_by(*, user: CurrentUser, transaction_id: str) -> PaymentTransaction:
    """Ask Square once more for one that it refused; of one that is there, look how it stands."""
    staff.require(user, "issue_invoice", TABLE)
    row = PaymentTransaction.fetch(transaction_id)
    if row.is_owed and row.bill.gateway_id is not None:
        return follow(transaction_id=row.id)
    return issue_again(transaction_id=transaction_id)
