"""One quote is taken and its price held on the card: both or neither, whatever Square answers or does not."""

from datetime import timedelta

import pytest
from django.conf import settings

from atlas import outbox
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden, Invalid, NotFound, PaymentDeclined, Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, DeclineReason, PaymentStatus, QuoteStatus
from bookings.tables import Booking, Quote
from fleet.factories import DriverFactory
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.looking import at_square, due_ids, later, now, open_ids, quote_states, refused, story
from tests.bookings.stage import CARD, DECLINED_CARD, Cast, accept, accepted, quoted, requested, rival_quote

OUTBID = (QuoteStatus.DECLINED, str(DeclineReason.OTHER_ACCEPTED))


def payments_of(booking: Booking) -> list[PaymentTransaction]:
    return list(PaymentTransaction.booking_index.query(booking.id))


def test_a_sale_is_complete(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    dear, cheap = quoted(cast, booking, price=24_500), rival_quote(cast, booking, price=20_000)
    answer = accept(cast, dear)
    sold = now(booking)
    assert answer.status is sold.status is BookingStatus.OPERATOR_ASSIGNED
    assert (sold.operator_id, sold.vehicle_id) == (cast.operator.id, cast.sedan.id)
    assert not sold.driver_id
    assert (sold.final_price, sold.selected_quote_id, sold.pending_quotes) == (24_500, dear.id, 0)
    assert quote_states(booking) == {dear.id: (QuoteStatus.ACCEPTED, None), cheap.id: OUTBID}
    assert not sold.acceptance
    assert sold.id not in open_ids()
    assert sold.due_at == sold.pickup_at - timedelta(hours=1)
    assert story(booking)[-1] == ("accept", "QUOTING", "OPERATOR_ASSIGNED", "CONCIERGE")

    (payment,) = payments_of(booking)
    assert sold.payment_status is PaymentStatus.AUTHORIZED
    assert (payment.id, payment.status, payment.amount) == (sold.transaction_id, TransactionStatus.AUTHORIZED, 24_500)
    assert (payment.payer_id, payment.payee_id) == (cast.concierge.id, cast.operator.id)
    assert not payment.source_id
    assert at_square(sandbox, booking) == [("APPROVED", 24_500)]


def test_what_an_accept_costs(cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)  # telling the parties is a job's
    booking = requested(cast)
    quote = quoted(cast, booking)
    rival_quote(cast, booking)
    with measure() as cost:
        accept(cast, quote)
    assert cost.scans == 0
    assert cost.calls <= 8
    assert [each.split()[0] for each in cost.operations].count("TransactWriteItems") == 2


def test_a_declined_card_leaves_everything_as_it_was(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    quote, other = quoted(cast, booking), rival_quote(cast, booking)
    before = now(booking)
    with pytest.raises(PaymentDeclined) as declined:
        accept(cast, quote, DECLINED_CARD)
    assert declined.value.details == {"reason": "GENERIC_DECLINE", "status": BookingStatus.QUOTING}
    after = now(booking)
    changed = {"version", "updated_at"}
    assert {name: value for name, value in after.attribute_values.items() if name not in changed} == (
        {name: value for name, value in before.attribute_values.items() if name not in changed}
    )
    assert quote_states(booking) == {each.id: (QuoteStatus.PENDING, None) for each in (quote, other)}
    assert Quote.fetch(quote.id).due_shard is not None, "it can expire again"
    assert [each.status for each in payments_of(booking)] == [TransactionStatus.FAILED]
    assert sandbox.authorizations(booking.id) == 0
    assert len(story(booking)) == 3

    assert accept(cast, quote).status is BookingStatus.OPERATOR_ASSIGNED
    assert at_square(sandbox, booking)[-1] == ("APPROVED", 21_000)


@pytest.mark.parametrize("nonce", ["cnon:card-nonce-rejected-cvv", "cnon:card-nonce-already-used", "nonsense"])
def test_a_card_that_square_refuses_is_a_declined_card(cast: Cast, sandbox: SandboxControl, nonce: str) -> None:
    quote = quoted(cast, requested(cast))
    with refused("card_declined"):
        accept(cast, quote, nonce)


def test_who_may_accept(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast))

    def by(who: object) -> Booking:
        return services.accept_quote(user=who, quote_id=quote.id, method=PaymentMethod.CARD, source_id=CARD)  # type: ignore[arg-type]

    for outsider in (cast.other_concierge, cast.rival, cast.chauffeur):
        with pytest.raises(NotFound):
            by(outsider)
    for insider in (cast.owner, cast.admin):
        with pytest.raises(Forbidden):
            by(insider)
    assert sandbox.calls() == []
    assert by(cast.concierge).operator_id == cast.operator.id


def test_only_a_card_pays_and_it_must_be_given(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast))
    for method, source in ((PaymentMethod.INVOICE, CARD), (PaymentMethod.WIRE, CARD), (PaymentMethod.CARD, "")):
        with pytest.raises(Invalid):
            services.accept_quote(user=cast.concierge, quote_id=quote.id, method=method, source_id=source)
    assert not Booking.fetch(quote.booking_id).acceptance


def test_what_is_sold_cannot_be_bought(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    quote, other = quoted(cast, booking), rival_quote(cast, booking)
    accept(cast, quote)
    for each in (quote, other):
        with refused("already_accepted") as details:
            accept(cast, each)
    assert details == {"status": BookingStatus.OPERATOR_ASSIGNED, "selectedQuoteId": quote.id}
    assert sandbox.authorizations(booking.id) == 1


def test_what_is_over_cannot_be_bought(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    expired, withdrawn = quoted(cast, booking), quoted(cast, booking)
    services.withdraw_quote(user=cast.owner, quote_id=withdrawn.id)
    with refused("quote_withdrawn"):
        accept(cast, withdrawn)
    with later(minutes=31), refused("quote_expired"):
        accept(cast, expired)  # though nobody has written EXPIRED yet
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="No more")
    with refused("wrong_state"):
        accept(cast, expired)
    assert sandbox.calls() == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop_after", "error_after", "timeout_after", "drop_before"])
def test_one_lost_answer_is_replayed_with_the_same_key(cast: Cast, sandbox: SandboxControl, kind: str) -> None:
    quote = quoted(cast, requested(cast))
    sandbox.inject(kind, path="/v2/payments")
    booking = accept(cast, quote)
    assert booking.payment_status is PaymentStatus.AUTHORIZED
    assert at_square(sandbox, booking) == [("APPROVED", 21_000)]


def cut_off(cast: Cast, sandbox: SandboxControl, kind: str) -> tuple[Booking, Quote]:
    """An accept whose outcome nobody learned: both of its tries stay without an answer."""
    booking = requested(cast)
    quote = quoted(cast, booking)
    sandbox.inject(kind, path="/v2/payments", count=2)
    with pytest.raises(Unavailable) as unknown:
        accept(cast, quote)
    assert unknown.value.code == "payment_unknown"
    return now(booking), quote


def test_while_the_outcome_is_unknown_nothing_else_happens(cast: Cast, sandbox: SandboxControl) -> None:
    booking, quote = cut_off(cast, sandbox, "drop_after")
    assert booking.status is BookingStatus.QUOTING
    assert booking.acceptance.quote_id == quote.id
    assert booking.id in due_ids()
    assert booking.due_at == booking.acceptance.started_at + settings.ACCEPTANCE_ANSWERED_WITHIN
    with refused("acceptance_in_progress"):
        accept(cast, quote)
    with refused("acceptance_in_progress"):
        rival_quote(cast, booking)
    with refused("acceptance_in_progress"):
        services.withdraw_quote(user=cast.owner, quote_id=quote.id)
    with refused("acceptance_in_progress"):
        services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Tired")
    with later(hours=25):
        assert not services.expire(booking_id=booking.id)
        assert not services.expire_quote(quote_id=quote.id)
    assert sandbox.authorizations(booking.id) == 1


def test_a_claim_is_taken_back_by_its_own_payment_only(cast: Cast, sandbox: SandboxControl) -> None:
    """News of an old try must not undo the present one."""
    from bookings.services import concluding  # noqa: PLC0415
    from bookings.services.claiming import Claim  # noqa: PLC0415

    booking = requested(cast)
    quote = quoted(cast, booking)
    with refused("card_declined"):
        accept(cast, quote, DECLINED_CARD)
    (declined,) = payments_of(booking)
    sandbox.inject("drop_after", path="/v2/payments", count=2)
    with refused("payment_unknown"):
        accept(cast, quote)
    concluding.reopen(Claim(booking, quote, None, declined))
    assert now(booking).acceptance.quote_id == quote.id
    assert services.settle_acceptance(booking_id=booking.id)
    assert now(booking).status is BookingStatus.OPERATOR_ASSIGNED


def test_a_sold_booking_belongs_to_its_operator_from_then_on(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    with pytest.raises(NotFound):
        services.assign(
            user=cast.rival,
            booking_id=booking.id,
            driver_id=DriverFactory.create(operator=cast.operator).id,
            vehicle_id=cast.sedan.id,
        )
