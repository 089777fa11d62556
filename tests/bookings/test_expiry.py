"""What time does, found by the due indexes and done by the periodic job; a cut-off accept is settled either way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from atlas import events
from atlas.dynamo.meter import measure
from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import services, tasks
from bookings.events import DepartureMissed
from bookings.rules.deadlines import Task
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus, QuoteStatus
from bookings.services import concluding
from bookings.services.claiming import Claim
from bookings.tables import Booking, Quote
from payments import services as payments_services
from payments import tasks as payments_tasks
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.looking import at_square, due_ids, later, now, open_ids, quote_states, refused, story
from tests.bookings.stage import Cast, accept, accepted, assigned, driven, quoted, requested

S = BookingStatus


@pytest.fixture(autouse=True)
def nothing_due() -> None:
    """Other tests leave work for later times; it is not this one's business."""
    for table, due in ((Booking, Booking.due_shard), (Quote, Quote.due_shard)):
        for item in table.scan(due.exists()):
            item.due_shard = None
            item.save()


@pytest.fixture
def alerts(monkeypatch: pytest.MonkeyPatch) -> list[DepartureMissed]:
    found: list[DepartureMissed] = []
    monkeypatch.setitem(events._handlers, DepartureMissed, [found.append])
    return found


def tick(**time: float) -> None:
    with later(**time):
        tasks.expire_due()


def test_an_unanswered_request_expires_at_its_deadline(cast: Cast) -> None:
    booking = requested(cast)
    tick(hours=23, minutes=59)
    assert now(booking).status is S.SOURCING
    tick(hours=24)
    stored = now(booking)
    assert stored.status is S.EXPIRED
    assert story(booking)[-1] == ("expire", "SOURCING", "EXPIRED", "SYSTEM")
    assert stored.id not in open_ids() | due_ids()
    tick(hours=25)
    assert now(booking).version == stored.version, "once"


def test_a_request_that_was_quoted_in_vain_expires_with_its_quotes(cast: Cast) -> None:
    booking = requested(cast, hours_ahead=0.3)
    quote = quoted(cast, booking)
    assert quote.expires_at == booking.deadline
    tick(minutes=18.5)
    assert now(booking).status is S.EXPIRED
    assert quote_states(booking) == {quote.id: (QuoteStatus.EXPIRED, None)}
    assert now(booking).pending_quotes == 0


def test_a_quote_expires_and_its_request_goes_on(cast: Cast) -> None:
    booking = requested(cast)
    quote = quoted(cast, booking)
    tick(minutes=29)
    assert quote_states(booking)[quote.id][0] is QuoteStatus.PENDING
    tick(minutes=30.1)
    assert quote_states(booking)[quote.id][0] is QuoteStatus.EXPIRED
    assert now(booking).status is S.QUOTING
    with later(minutes=31):
        quoted(cast, booking)
    assert now(booking).pending_quotes == 1


def test_within_a_minute() -> None:
    """An item is done by the first tick after its time: the ticks, and a cut-off accept, are well under a minute."""
    assert settings.JOBS_EVERY_SECONDS <= 20
    assert settings.ACCEPTANCE_ANSWERED_WITHIN + timedelta(seconds=settings.JOBS_EVERY_SECONDS) <= timedelta(minutes=1)


def test_what_is_due_is_found_without_scanning(cast: Cast) -> None:
    booking = requested(cast)
    quoted(cast, booking)
    with later(hours=25), measure() as cost:
        tasks.expire_due()
    assert cost.scans == 0
    assert now(booking).status is S.EXPIRED
    with measure() as idle:
        tasks.expire_due()
    assert {each.split()[0] for each in idle.operations} == {"Query"}
    assert idle.calls == 2 * settings.OPEN_REQUEST_SHARDS


def test_what_fails_keeps_nobody_else_from_their_turn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bookings = [requested(cast) for _ in range(4)]
    broken = bookings[0].id
    expire = services.expire

    def breaking(*, booking_id: str) -> bool:
        if booking_id == broken:
            raise RuntimeError("a bug")
        return expire(booking_id=booking_id)

    monkeypatch.setitem(tasks.DO, Task.EXPIRE, breaking)
    tick(hours=24.1)
    assert [now(booking).status for booking in bookings] == [S.SOURCING, S.EXPIRED, S.EXPIRED, S.EXPIRED]
    monkeypatch.undo()
    tick(hours=24.2)
    assert now(bookings[0]).status is S.EXPIRED


def test_a_missed_departure_is_an_alert(cast: Cast, sandbox: SandboxControl, alerts: list[DepartureMissed]) -> None:
    waiting, unassigned = assigned(cast, hours_ahead=10), accepted(cast, hours_ahead=10)
    moving = driven(cast, S.DRIVER_EN_ROUTE, hours_ahead=12)
    tick(hours=8.9)
    assert alerts == []
    for hours in (9.01, 9.5, 11.5):
        tick(hours=hours)
    heard = {DepartureMissed(each.id, cast.operator.id) for each in (waiting, unassigned)}
    assert (len(alerts), set(alerts)) == (2, heard)
    assert moving.id not in due_ids()


# An accept that was cut off


def cut_off(cast: Cast, sandbox: SandboxControl, kind: str, count: int = 2) -> tuple[Booking, Quote]:
    """Both tries of the authorisation stay without an answer; Square is well again afterwards."""
    booking = requested(cast)
    quote = quoted(cast, booking)
    sandbox.inject(kind, count=count, path="/v2/payments")
    with pytest.raises(Unavailable):
        accept(cast, quote)
    sandbox.clear_faults()
    return booking, quote


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_cut_off_accept_is_finished_with_the_same_key(cast: Cast, sandbox: SandboxControl, kind: str) -> None:
    """Whether Square had done it or not: asked again with the same key, it has done it once."""
    booking, quote = cut_off(cast, sandbox, kind)
    tick(seconds=40)
    assert now(booking).acceptance is not None
    tick(seconds=46)
    sold = now(booking)
    assert (sold.status, sold.payment_status) == (S.OPERATOR_ASSIGNED, PaymentStatus.AUTHORIZED)
    assert sold.selected_quote_id == quote.id
    assert at_square(sandbox, booking) == [("APPROVED", 21_000)]
    assert story(booking)[-1] == ("accept", "QUOTING", "OPERATOR_ASSIGNED", "CONCIERGE")
    tick(minutes=2)
    assert now(booking).version == sold.version


def test_a_cut_off_accept_is_taken_back_when_the_card_was_declined(
    cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking, quote = cut_off(cast, sandbox, "drop_before")
    payment = PaymentTransaction.fetch(now(booking).acceptance.transaction_id)
    payment.source_id = "cnon:card-nonce-declined"
    payment.save()
    tick(seconds=46)
    stored = now(booking)
    assert (stored.status, stored.pending_quotes) == (S.QUOTING, 1)
    assert not stored.acceptance
    assert quote_states(booking)[quote.id] == (QuoteStatus.PENDING, None)
    assert Quote.fetch(quote.id).due_shard is not None
    assert PaymentTransaction.fetch(payment.id).status is TransactionStatus.FAILED
    assert accept(cast, quote).status is S.OPERATOR_ASSIGNED


def test_a_hold_that_was_released_meanwhile_sells_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    booking, _ = cut_off(cast, sandbox, "drop_after")
    sandbox.advance(timedelta(days=8))
    tick(seconds=46)
    assert now(booking).status is S.QUOTING
    assert now(booking).acceptance is None


def test_an_unknown_outcome_is_asked_for_again_and_again(cast: Cast, sandbox: SandboxControl) -> None:
    booking, quote = cut_off(cast, sandbox, "drop_after")
    sandbox.inject("drop_before", count=100)
    for minutes in (1, 4, 9.5):
        tick(minutes=minutes)
        assert now(booking).acceptance is not None
        with refused("acceptance_in_progress"):
            accept(cast, quote)
    sandbox.clear_faults()
    tick(minutes=9.9)
    assert now(booking).status is S.OPERATOR_ASSIGNED
    assert sandbox.authorizations(booking.id) == 1


def test_after_ten_minutes_it_is_called_off_and_its_hold_released_when_square_is_back(
    cast: Cast, sandbox: SandboxControl
) -> None:
    booking, _ = cut_off(cast, sandbox, "drop_after")
    payment_id = now(booking).acceptance.transaction_id
    sandbox.inject("drop_before", count=1000)
    tick(minutes=10.5)
    stored = now(booking)
    assert stored.status is S.QUOTING
    assert not stored.acceptance, "open again, though Square still does not answer"
    assert PaymentTransaction.fetch(payment_id).status is TransactionStatus.PENDING

    sandbox.clear_faults()
    with later(minutes=13):
        payments_tasks.settle_due()
    assert PaymentTransaction.fetch(payment_id).status is TransactionStatus.VOIDED
    assert at_square(sandbox, booking) == [("CANCELED", 21_000)]
    assert now(booking).payment_status is PaymentStatus.PENDING


def test_called_off_is_called_off_even_if_the_answer_comes_then(cast: Cast, sandbox: SandboxControl) -> None:
    """The request's own late answer, after its payment was given up, sells nothing and keeps nothing."""
    booking, _ = cut_off(cast, sandbox, "drop_after")
    payment = PaymentTransaction.fetch(now(booking).acceptance.transaction_id)
    late = payments_services.authorize(transaction=payment)
    claimed = Claim(booking, Quote.fetch(now(booking).acceptance.quote_id), None, payment)
    sandbox.inject("drop_before", count=1000)
    tick(minutes=10.5)
    sandbox.clear_faults()
    with refused("card_declined") as details:
        concluding.close(claimed, outcome=late, user_id=cast.concierge.id)
    assert details == {"reason": "ABANDONED", "status": S.QUOTING}
    with later(minutes=13):
        payments_tasks.settle_due()
    assert at_square(sandbox, booking) == [("CANCELED", 21_000)]


def test_an_accept_that_the_job_settled_first_answers_as_if_it_had_itself(
    cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline passes while Square's answer is on its way: one sale, and the request hears of it."""
    booking = requested(cast)
    quote = quoted(cast, booking)
    authorize: Callable[..., Any] = payments_services.authorize

    def slowly(**what: Any) -> Any:
        outcome = authorize(**what)
        monkeypatch.undo()
        tick(seconds=46)
        return outcome

    monkeypatch.setattr(payments_services, "authorize", slowly)
    answer = accept(cast, quote)
    assert (answer.status, now(booking).status) == (S.OPERATOR_ASSIGNED, S.OPERATOR_ASSIGNED)
    assert [step[0] for step in story(booking)].count("accept") == 1
    assert sandbox.authorizations(booking.id) == 1


def test_a_claim_whose_time_ran_out_before_square_was_asked_holds_nobody_up(
    cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died right after the claim; the request's deadline passes while it is being settled."""
    booking = requested(cast, hours_ahead=0.05)
    quote = quoted(cast, booking)
    monkeypatch.setattr(payments_services, "authorize", lambda **_: 1 / 0)
    with later(minutes=14.9), pytest.raises(ZeroDivisionError):
        accept(cast, quote)
    monkeypatch.undo()
    assert not services.expire(booking_id=booking.id)
    tick(minutes=16)
    assert now(booking).status is S.OPERATOR_ASSIGNED, "it was accepted in time, and the card was good"
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Too late now")
    assert at_square(sandbox, booking)[0][0] in ("COMPLETED", "CANCELED")
