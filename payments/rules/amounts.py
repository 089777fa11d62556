"""How much may be captured and refunded. All amounts are integer cents."""

from atlas.errors import Conflict, Invalid
from payments.rules.lifecycle import PaymentAction, transition
from payments.rules.types import TransactionStatus


def check_capture(*, amount: int, authorized: int) -> None:
    """A capture is positive and never above what the card's holder agreed to; below it is a cancellation
    fee.
    """
    _check_positive(amount)
    if amount > authorized:
        raise Conflict(
            f"Only {_read(authorized)} was authorised; {_read(amount)} cannot be captured.",
            code="exceeds_authorized",
            details={"authorized": authorized},
        )


def refundable(*, captured: int, refunded: int) -> int:
    """What is left to give back."""
    return max(0, captured - refunded)


def status_after_refund(status: TransactionStatus, *, amount: int, captured: int, refunded: int) -> TransactionStatus:
    """A payment stays CAPTURED while a part of it is kept, and is REFUNDED once all was given back.

    `refunded` counts refunds that are under way as well as those completed, so that two at once cannot give
    back more than was taken. Raises `Invalid` for an amount that is not positive, `Conflict` for one that
    is too large (`exceeds_captured`) or a payment that is not CAPTURED (`wrong_state`).
    """
    all_given_back = transition(status, PaymentAction.REFUND)
    _check_positive(amount)
    left = refundable(captured=captured, refunded=refunded)
    if amount > left:
        raise Conflict(f"Only {_read(left)} is left to refund.", code="exceeds_captured", details={"refundable": left})
    return all_given_back if amount == left else TransactionStatus.CAPTURED


def _read(cents: int) -> str:
    """For people, who count in dollars or pounds and know which."""
    return f"{cents // 100}.{cents % 100:02}"


def _check_positive(amount: int) -> None:
    if amount <= 0:
        raise Invalid("The amount is not positive.", fields={"amount": ["Give whole cents above 0."]})
