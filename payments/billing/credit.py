"""What is left of a credit limit: taken by the transaction that opens a payment, given back by the one that closes it.

A payment on account that is PENDING holds its amount of the payer's limit. Nobody takes or gives back credit: a payment
that is saved, by whoever, brings what it holds in step with how it stands, in the same transaction, as its books are.
The addition has a condition, so two accepts that together go beyond the limit cannot both hold.
"""

from typing import TYPE_CHECKING, Any

from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict
from payments.billing.rules import ON_ACCOUNT
from payments.billing.tables import BillingCredit
from payments.rules.types import TransactionStatus

if TYPE_CHECKING:
    from payments.tables import PaymentTransaction


def keep_step(tx: Transaction, row: "PaymentTransaction", *, held: int) -> None:
    """Have `row` hold what it should; `held` is what it holds as it is stored."""
    wanted = row.amount if row.method in ON_ACCOUNT and row.status is TransactionStatus.PENDING else 0
    add(tx, row.payer_id, held - wanted)
    row.credit_held = wanted or None


def add(tx: Transaction, payer_id: str, cents: int) -> None:
    """`cents` more are left, or fewer: then so many must be, or the transaction fails with `exceeded`."""
    if cents:
        tx.update(
            _what(payer_id), _operation(payer_id, cents, need=-cents if cents < 0 else None), otherwise=exceeded()
        )


def lend(tx: Transaction, payer_id: str, cents: int) -> None:
    """The limit changed by `cents`, up or down: also to below what is owed by now."""
    if cents:
        tx.update(_what(payer_id), _operation(payer_id, cents, need=None))


def left(payer_id: str) -> int:
    """Cents, as of this instant."""
    found = BillingCredit.find(payer_id, consistent=True)
    return found.left if found is not None else 0


def exceeded() -> Conflict:
    return Conflict(
        "This is more than is left of the account's credit. Pay what is open, or take another method.",
        code="credit_exceeded",
    )


def _what(payer_id: str) -> str:
    return f"{BillingCredit.Meta.name} {payer_id}"


def _operation(payer_id: str, by: int, *, need: int | None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "TableName": BillingCredit.Meta.table_name,
        "Key": {"id": {"S": payer_id}},
        "UpdateExpression": "ADD #left :by",
        "ExpressionAttributeNames": {"#left": "creditLeft"},
        "ExpressionAttributeValues": {":by": {"N": str(by)}},
    }
    if need is not None:
        operation["ConditionExpression"] = "#left >= :need"
        operation["ExpressionAttributeValues"][":need"] = {"N": str(need)}
    return operation
