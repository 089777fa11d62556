"""Faults of our own, to be found: the machine is worth what it notices. Each is a mistake that somebody could make.

A mutant replaces one rule while it is played; `find` says what the machine noticed of it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from bookings.rules.types import PaymentStatus
from payments import gateway, operations, progress
from payments.gateway import Payment
from payments.ledger import posting
from payments.ledger.kinds import PostingKind
from payments.rules.amounts import refundable, status_after_refund
from payments.rules.types import OperationKind, TransactionStatus
from payments.services.asking import gateway_id, save
from payments.tables import PaymentTransaction
from tests.payments.faults import mutants_of_plots as others
from tests.payments.faults.choices import Plot
from tests.payments.faults.playing import play

Change = Callable[[], AbstractContextManager[Any]]


def asks_before_the_key_is_stored() -> AbstractContextManager[Any]:
    """A refund is saved once Square has answered: who dies in between refunds again."""

    def refund(
        *, transaction_id: str, amount: int | None = None, reason: str, request_key: str | None = None
    ) -> PaymentTransaction:
        row = PaymentTransaction.fetch(transaction_id)
        known = operations.refund_by_key(row, operations.key_for(transaction_id, request_key))
        if known is not None:
            return row
        key = operations.key_for(transaction_id, request_key)
        amount = amount or refundable(captured=row.amount, refunded=row.refunded)
        status_after_refund(row.status, amount=amount, captured=row.amount, refunded=row.refunded)
        sent = gateway.refund(
            gateway_id=gateway_id(row), amount=amount, currency=row.currency, key=str(uuid4()), reason=reason
        )
        operation = operations.start(row, OperationKind.REFUND, amount, now=utc_now(), key=key, reason=reason)
        save(row, progress.follow_refund(row, operation, sent))
        return row

    return patch("payments.services.refund", refund)


def authorizes_under_a_new_key() -> AbstractContextManager[Any]:
    """A lost answer is asked for again, and the card is held twice."""
    hold = gateway.authorize
    return patch("payments.gateway.authorize", lambda **given: hold(**{**given, "key": str(uuid4())}))


def refunds_under_a_new_key() -> AbstractContextManager[Any]:
    """The same click, sent again, is another refund."""
    return patch("payments.operations.key_for", lambda transaction_id, request_key: str(uuid4()))


def takes_the_whole_price() -> AbstractContextManager[Any]:
    """A cancellation fee is captured as if the ride had been driven."""
    take = gateway.capture
    return patch("payments.gateway.capture", lambda **given: take(**{**given, "amount": given["authorized"]}))


def gives_back_another_amount() -> AbstractContextManager[Any]:
    """A cent less than was promised."""
    give = gateway.refund
    return patch("payments.gateway.refund", lambda **given: give(**{**given, "amount": max(1, given["amount"] - 1)}))


def books_what_was_held() -> AbstractContextManager[Any]:
    """Our row says the amount that was asked for, whatever Square took of it."""
    real = progress._captured

    def captured(row: PaymentTransaction, payment: Payment, **given: Any) -> list[object]:
        return real(row, replace(payment, amount=operations.authorization(row).amount), corrects=True)

    return patch("payments.progress._captured", captured)


def counts_what_is_not_back_yet() -> AbstractContextManager[Any]:
    """A refund that the bank has not confirmed is told as one that it has."""
    follow = progress.follow_refund

    def followed(row: Any, operation: Any, refund: Any) -> list[object]:
        return follow(row, operation, replace(refund, status="COMPLETED"))

    return patch("payments.progress.follow_refund", followed)


def pays_without_a_capture() -> AbstractContextManager[Any]:
    """A ride counts as paid once it is driven, whatever came of its capture."""
    changes = ExitStack()
    changes.enter_context(patch("payments.services.capture", lambda **given: None))
    changes.enter_context(patch("bookings.services.closing.TAKEN", frozenset(PaymentStatus)))
    return changes


def keeps_the_hold_of_what_is_cancelled() -> AbstractContextManager[Any]:
    return patch("bookings.handlers.release", lambda **given: None)


def forgets_to_come_back() -> AbstractContextManager[Any]:
    """What a crash left under way is in no due index."""
    return patch("payments.operations.look_again", lambda row, at: None)


def takes_older_news_for_newer() -> AbstractContextManager[Any]:
    """A webhook that comes late puts a payment back to where it was."""
    follow = progress.follow_payment

    def followed(row: PaymentTransaction, payment: Payment, **given: Any) -> list[object]:
        if payment.status == "APPROVED" and row.status is TransactionStatus.CAPTURED:
            row.status, row.amount = TransactionStatus.AUTHORIZED, payment.amount
            return []
        return follow(row, payment, **given)

    return patch("payments.progress.follow_payment", followed)


def does_not_tell_what_was_taken() -> AbstractContextManager[Any]:
    """The payment is captured, and its booking never hears of it."""
    captured = progress._captured
    return patch("payments.progress._captured", lambda *given, **more: captured(*given, **more)[1:])


def posts_no_refund() -> AbstractContextManager[Any]:
    """One kind of posting is missing in the books."""
    bring_up = posting.bring_up

    def without(*given: Any, **more: Any) -> list[Any]:
        return [each for each in bring_up(*given, **more) if each.kind is not PostingKind.REFUND]

    return patch("payments.ledger.posting.bring_up", without)


def writes_over_what_others_wrote() -> AbstractContextManager[Any]:
    """Nobody looks at the version under which a row was read."""
    put = Transaction._add

    def blind(self: Transaction, kind: str, operation: dict[str, Any], item: Any, otherwise: Any) -> None:
        if kind == "put" and isinstance(item, PaymentTransaction):
            names = ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
            operation = {name: value for name, value in operation.items() if name not in names}
        put(self, kind, operation, item, otherwise)

    return patch.object(Transaction, "_add", blind)


R, C, P, D, A = Plot.RIDES, Plot.CARDS, Plot.PRICES, Plot.DISPUTES, Plot.ACCOUNT
_PLAYED_IN: dict[Change, tuple[Plot, ...]] = {
    asks_before_the_key_is_stored: (R,),
    authorizes_under_a_new_key: (R,),
    refunds_under_a_new_key: (R,),
    takes_the_whole_price: (R,),
    gives_back_another_amount: (R,),
    books_what_was_held: (R,),
    counts_what_is_not_back_yet: (R,),
    pays_without_a_capture: (R,),
    keeps_the_hold_of_what_is_cancelled: (R,),
    forgets_to_come_back: (R,),
    takes_older_news_for_newer: (R,),
    does_not_tell_what_was_taken: (R,),
    posts_no_refund: (R,),
    writes_over_what_others_wrote: (R,),
    others.drives_what_nobody_pays_for: (C,),
    others.ignores_the_consent: (P,),
    others.takes_a_tip_twice: (P,),
    others.has_extras_approved_again: (P,),
    others.takes_the_agreed_price_of_a_cheaper_ride: (P,),
    others.posts_no_dispute: (D,),
    others.takes_older_disputes_for_newer: (D,),
    others.lends_without_a_limit: (A,),
    others.leaves_what_was_paid_by_bank_open_at_square: (A,),
    others.leaves_what_was_called_off_open_at_square: (A,),
    others.issues_under_a_new_key: (A,),
}
"""Each with the plots that it can do harm in: in the others it would be looked for in vain."""
MUTANTS: Mapping[str, Change] = MappingProxyType({each.__name__.replace("_", " "): each for each in _PLAYED_IN})


def find(name: str, *, runs: int, start: int) -> str | None:
    """What is said of this mutant within so many runs; None when it lives. Must be called inside `playing.arena`."""
    try:
        with MUTANTS[name]():
            play(runs=runs, start=start, plots=_PLAYED_IN[MUTANTS[name]])
    except (AssertionError, BaseExceptionGroup) as noticed:
        return _violation(noticed)
    return None


def _violation(noticed: BaseException) -> str:
    """The rule that was broken, where Hypothesis wraps it. Anything else that went wrong is raised."""
    if isinstance(noticed, BaseExceptionGroup):
        return _violation(noticed.exceptions[0])
    if not isinstance(noticed, AssertionError):
        raise noticed
    return (str(noticed).splitlines() or ["a rule is broken"])[0]
