"""The customer at Square that stands for a payer: made once, made anew when it was deleted there."""

from uuid import uuid4

from atlas.dynamo.transaction import Transaction, retried, transact
from payments import gateway
from payments.cards.tables import Payer
from payments.services.asking import answer


def know_payer(tx: Transaction, payer_id: str) -> None:
    """Have a row with the key of the customer, before Square hears of them."""
    if Payer.find(payer_id, consistent=True) is None:
        tx.create(Payer(id=payer_id, customer_key=str(uuid4())))


def customer_of(payer_id: str) -> str:
    """Square's id. Raises `Unavailable` without an answer: ask again, the key is stored."""
    payer = Payer.fetch(payer_id)
    if payer.customer_id is not None:
        return payer.customer_id
    customer_id = answer(lambda: gateway.customer_for(payer_id=payer.id, key=payer.customer_key))
    _store(payer_id, customer_id)
    return customer_id


@retried
def forget_customer(payer_id: str, gone: str) -> None:
    """It is not there any more: the next card asks for another one, under another key."""
    payer = Payer.fetch(payer_id)
    if payer.customer_id == gone:
        payer.customer_id, payer.customer_key = None, str(uuid4())
        with transact() as tx:
            tx.save(payer)


@retried
def _store(payer_id: str, customer_id: str) -> None:
    payer = Payer.fetch(payer_id)
    if payer.customer_id is None:
        payer.customer_id = customer_id
        with transact() as tx:
            tx.save(payer)
