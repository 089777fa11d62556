"""A payer as Square knows them: a number of ours and nothing else, so that cards can be kept for it.

Square asks for a name, a company, an e-mail or a telephone number. It is given a company that says whose number it is:
no person's data leaves Atlas for a card to be kept, and nothing in Square's directory can be merged by likeness.
"""

from payments.gateway.calling import ONCE, OutcomeUnknown, Refused, ask, client, read

_COMPANY = "Atlas payer"
_GONE = frozenset({"NOT_FOUND", "CUSTOMER_NOT_FOUND"})


def customer_for(*, payer_id: str, key: str) -> str:
    """Square's id of this payer, made when there is none. The same key never makes two.

    Looked for first, so that a payer whose row was lost is not made again; Square's search lags behind by seconds,
    in which the key is what holds. Raises `OutcomeUnknown` or `Refused`.
    """
    return find_customer(payer_id=payer_id) or _create(payer_id, key)


def find_customer(*, payer_id: str) -> str | None:
    """The oldest customer that carries this payer's number."""
    answer = read(
        lambda: client().customers.search(
            query={
                "filter": {"reference_id": {"exact": payer_id}},
                "sort": {"field": "CREATED_AT", "order": "ASC"},
            },
            limit=1,
            request_options=ONCE,
        )
    )
    found = answer.customers or ()
    return next((each.id for each in found if each.id), None)


def delete_customer(customer_id: str) -> None:
    """Square forgets the payer and disables their cards. Harmless when it had before; payments stay as they are."""
    try:
        ask(lambda: client().customers.delete(customer_id, request_options=ONCE))
    except Refused as refusal:
        if refusal.code not in _GONE:
            raise


def _create(payer_id: str, key: str) -> str:
    try:
        answer = ask(
            lambda: client().customers.create(
                idempotency_key=key, company_name=_COMPANY, reference_id=payer_id, request_options=ONCE
            )
        )
    except Refused as refusal:
        if refusal.code == "IDEMPOTENCY_KEY_REUSED":
            raise OutcomeUnknown("This key was sent before with other data.") from refusal
        raise
    made = answer.customer.id if answer.customer else None
    if made is None:
        raise OutcomeUnknown("Square named no customer.")
    return str(made)
