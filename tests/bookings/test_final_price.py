"""The final price: lower, higher within the consent, higher beyond it; approved, refused, left unanswered; tips."""

from datetime import timedelta
from typing import Any

import pytest

from atlas.errors import Conflict, Forbidden, Invalid, PaymentDeclined, Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import consent, handlers, services, tasks
from bookings.events import RideCompleted
from bookings.rules.final_price import PriceState
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus
from bookings.selling import proposal, proposed
from bookings.tables import Booking
from fleet.tables import Operator
from payments import services as payments
from payments.cards import consent as card_consent
from payments.cards.saving import save_card
from payments.ledger.kinds import PostingKind
from payments.ledger.tables import LedgerPosting
from payments.rules.types import PaymentMethod, PaymentPurpose
from payments.tables import PaymentTransaction
from tests.bookings.looking import later, now
from tests.bookings.stage import CARD, DECLINED_CARD, Cast, accept, quoted, requested

S, P = BookingStatus, PriceState
PRICE = 21_000
pytestmark = pytest.mark.usefixtures("sandbox")


def ride(
    cast: Cast, until: BookingStatus = S.COMPLETED, *, limit: int = 0, on_file: bool = False, announce: bool = False
) -> Booking:
    """As far as `until`, with consent to extras up to `limit`, paid by a card on file or a token."""
    quote = quoted(cast, requested(cast))
    booking = services.accept_quote(
        user=cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id=CARD, extras_limit=limit
    )
    if on_file:
        card = save_card(payer_id=cast.concierge.id, source_id=CARD, consent=card_consent.VERSION)
        row = PaymentTransaction.fetch(booking.transaction_id)
        row.card_id = card.id
        row.save()
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    for status in (S.DRIVER_EN_ROUTE, S.ARRIVED, S.PASSENGER_ONBOARD, S.IN_PROGRESS, S.COMPLETED):
        if status is S.IN_PROGRESS and announce:
            services.announce_price(user=cast.owner, booking_id=booking.id)
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
        if status is until:
            break
    return now(booking)


def state(cast: Cast, booking: Booking, price: int) -> Booking:
    return services.state_price(user=cast.owner, booking_id=booking.id, price=price, reason="Waited at the hotel")


def at_square(sandbox: SandboxControl, booking: Booking) -> list[tuple[str, int]]:
    found = sandbox.payments(reference_id=booking.id)
    return [(each["status"], each["total_money"]["amount"]) for each in found]


def postings(booking: Booking) -> list[LedgerPosting]:
    return [each for each in LedgerPosting.scan() if each.reference == booking.id]


def test_consent_is_kept_with_its_words(cast: Cast) -> None:
    booking = ride(cast, S.DRIVER_EN_ROUTE, limit=5_000)
    proof = booking.extras_consent
    assert (proof.limit, proof.version, proof.given_by) == (5_000, consent.VERSION, cast.concierge.id)
    assert not ride_without_consent(cast).extras_consent


def ride_without_consent(cast: Cast) -> Booking:
    return accept(cast, quoted(cast, requested(cast)))


@pytest.mark.parametrize("limit", [-1, PRICE + 1])
def test_consent_has_its_bounds(cast: Cast, limit: int) -> None:
    quote = quoted(cast, requested(cast))
    with pytest.raises(Invalid) as refused:
        services.accept_quote(
            user=cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id=CARD, extras_limit=limit
        )
    assert "extrasLimit" in refused.value.fields


def test_a_lower_price_that_was_announced_takes_a_part(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast, announce=True)
    assert (booking.status, booking.payment_status) == (S.COMPLETED, PaymentStatus.AUTHORIZED)
    assert booking.capture_at == booking.completed_at + timedelta(hours=24)
    state(cast, booking, 18_000)
    booking = now(booking)
    assert (booking.status, booking.paid, booking.refunded) == (S.PAID, 18_000, 0)
    assert (booking.final.state, booking.final.agreed, booking.final_price) == (P.SETTLED, PRICE, PRICE)
    assert at_square(sandbox, booking) == [("COMPLETED", 18_000)]
    assert sandbox.refunds() == []
    assert [each.kind for each in postings(booking)] == [PostingKind.PARTIAL_CAPTURE]


def test_a_lower_price_afterwards_gives_the_rest_back(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast)
    assert (booking.status, booking.paid) == (S.PAID, PRICE)
    state(cast, booking, 18_000)
    [refund] = sandbox.refunds()
    assert refund["amount_money"]["amount"] == 3_000
    sandbox.settle_refund(refund["id"])
    row = PaymentTransaction.fetch(booking.transaction_id)
    payments.follow_refund(transaction_id=row.id, key=row.refunds[0].key)
    assert (now(booking).paid, now(booking).refunded, now(booking).status) == (PRICE, 3_000, S.PAID)
    handlers.capture_payment(RideCompleted(booking.id, row.id))  # heard twice
    assert len(sandbox.refunds()) == 1
    services.cancel(user=cast.admin, booking_id=booking.id, code=CancellationCode.OTHER, reason="A mistake")
    assert sorted(each["amount_money"]["amount"] for each in sandbox.refunds()) == [3_000, 18_000]


def test_an_announced_price_that_nobody_states_is_the_agreed_one(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast, announce=True)
    with later(hours=23):
        tasks.expire_due()
    assert now(booking).payment_status is PaymentStatus.AUTHORIZED
    with later(hours=25):
        tasks.expire_due()
        assert not now(booking).capture_at
    assert (now(booking).status, now(booking).paid) == (S.PAID, PRICE)
    assert at_square(sandbox, booking) == [("COMPLETED", PRICE)]


@pytest.mark.slow
def test_extras_within_the_consent_are_charged_to_the_card_on_file(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast, limit=5_000, on_file=True)
    state(cast, booking, PRICE + 5_000)
    booking = now(booking)
    assert (booking.status, booking.final.state, booking.paid) == (S.PAID, P.CHARGED, PRICE + 5_000)
    assert at_square(sandbox, booking) == [("COMPLETED", PRICE), ("COMPLETED", 5_000)]
    [charge] = booking.charges
    row = PaymentTransaction.fetch(charge.transaction_id)
    assert (row.purpose, row.amount, charge.status) == (PaymentPurpose.EXTRA, 5_000, PaymentStatus.CAPTURED)
    assert row.split.total == 5_000
    assert {each.kind for each in postings(booking)} == {PostingKind.CAPTURE, PostingKind.EXTRA}
    assert all(sum(line.amount for line in each.lines) == 0 for each in postings(booking))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "on_file"), [(4_999, True), (0, True), (5_000, False)], ids=["beyond", "no consent", "no card"]
)
def test_what_was_not_agreed_to_is_asked_for(cast: Cast, sandbox: SandboxControl, limit: int, on_file: bool) -> None:
    booking = ride(cast, limit=limit, on_file=on_file)
    state(cast, booking, PRICE + 5_000)
    booking = now(booking)
    assert (booking.status, booking.final.state, booking.paid) == (S.PAID, P.ASKED, PRICE)
    assert at_square(sandbox, booking) == [("COMPLETED", PRICE)]
    services.approve_extras(user=cast.concierge, booking_id=booking.id, source_id=CARD)
    booking = now(booking)
    assert (booking.final.state, booking.paid) == (P.APPROVED, PRICE + 5_000)
    with pytest.raises(Conflict) as again:
        services.approve_extras(user=cast.concierge, booking_id=booking.id, source_id=CARD)
    assert again.value.code == "nothing_asked"


def test_a_card_on_file_that_does_not_pay_asks_the_concierge(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast, limit=5_000, on_file=True)
    [card] = sandbox.cards()
    sandbox.steer_card(card["id"], decline="INSUFFICIENT_FUNDS")
    state(cast, booking, PRICE + 5_000)
    booking = now(booking)
    assert (booking.final.state, booking.final.declined) == (P.ASKED, "INSUFFICIENT_FUNDS")
    assert (booking.paid, booking.charges) == (PRICE, [])
    with pytest.raises(PaymentDeclined):
        services.approve_extras(user=cast.concierge, booking_id=booking.id, source_id=DECLINED_CARD)
    assert now(booking).final.state is P.ASKED
    assert not now(booking).charging


@pytest.mark.slow
def test_refused_extras_may_be_stated_anew(cast: Cast) -> None:
    booking = ride(cast)
    state(cast, booking, PRICE + 5_000)
    with pytest.raises(Conflict) as stated:
        state(cast, booking, PRICE + 4_000)
    assert stated.value.code == "price_stated"
    services.refuse_extras(user=cast.concierge, booking_id=booking.id, reason="Nobody waited")
    assert (now(booking).final.state, now(booking).final.answer) == (P.REFUSED, "Nobody waited")
    state(cast, booking, PRICE)
    assert now(booking).final.state is P.SETTLED
    with later(hours=25), pytest.raises(Conflict) as late:
        state(cast, booking, PRICE)
    assert late.value.code == "too_late"


def test_extras_that_nobody_answers_count_as_refused(cast: Cast) -> None:
    booking = ride(cast)
    state(cast, booking, PRICE + 5_000)
    with later(hours=24 * 7 - 1):
        tasks.expire_due()
        assert now(booking).final.state is P.ASKED
    with later(hours=24 * 7 + 1):
        tasks.expire_due()
    assert now(booking).final.state is P.REFUSED


def test_who_may_what(cast: Cast) -> None:
    booking = ride(cast)
    for who in (cast.concierge, cast.chauffeur, cast.admin):
        with pytest.raises(Forbidden):
            services.state_price(user=who, booking_id=booking.id, price=1, reason="x")
    state(cast, booking, PRICE + 1)
    for who in (cast.owner, cast.admin):
        for deed in (services.approve_extras, services.tip):
            arguments: dict[str, Any] = {"amount": 1} if deed is services.tip else {}
            with pytest.raises(Forbidden):
                deed(user=who, booking_id=booking.id, source_id=CARD, **arguments)


def test_a_charge_without_an_answer_is_settled_by_its_key(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast)
    sandbox.inject("drop_after", count=2, path="/v2/payments")
    with pytest.raises(Unavailable):
        services.tip(user=cast.concierge, booking_id=booking.id, amount=2_000, source_id=CARD)
    assert now(booking).charging.amount == 2_000
    with pytest.raises(Conflict) as waiting:
        services.tip(user=cast.concierge, booking_id=booking.id, amount=2_000, source_id=CARD)
    assert waiting.value.code == "payment_in_progress"
    sandbox.clear_faults()
    with later(minutes=5):
        tasks.expire_due()
    booking = now(booking)
    assert (booking.paid, [each.amount for each in booking.charges]) == (PRICE + 2_000, [2_000])
    assert at_square(sandbox, booking) == [("COMPLETED", PRICE), ("COMPLETED", 2_000)]


@pytest.mark.slow
def test_a_tip_is_the_drivers_alone(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast)
    services.tip(user=cast.concierge, booking_id=booking.id, amount=2_000, source_id=CARD)
    booking = now(booking)
    assert booking.tip is not None
    assert (booking.status, booking.paid, booking.tip.status) == (S.PAID, PRICE + 2_000, PaymentStatus.CAPTURED)
    [posting] = [each for each in postings(booking) if each.kind is PostingKind.TIP]
    accounts = ("driver", "square", "customer", "fee", "tax", "operator")
    assert [posting.sum(each) for each in accounts] == [-2_000, 2_000, 0, 0, 0, 0]
    assert posting.taxable == 0
    with pytest.raises(Conflict) as again:
        services.tip(user=cast.concierge, booking_id=booking.id, amount=2_000, source_id=CARD)
    assert again.value.code == "already_tipped"


@pytest.mark.parametrize("amount", [0, PRICE // 2 + 1])
def test_a_tip_has_its_bounds(cast: Cast, amount: int) -> None:
    booking = ride(cast)
    with pytest.raises(Invalid):
        services.tip(user=cast.concierge, booking_id=booking.id, amount=amount, source_id=CARD)


def test_after_the_time_for_it_no_tip(cast: Cast) -> None:
    booking = ride(cast)
    with later(hours=24 * 31), pytest.raises(Conflict) as late:
        services.tip(user=cast.concierge, booking_id=booking.id, amount=100, source_id=CARD)
    assert late.value.code == "too_late"


@pytest.mark.slow
def test_called_off_by_staff_everything_goes_back(cast: Cast, sandbox: SandboxControl) -> None:
    booking = ride(cast, limit=5_000, on_file=True)
    state(cast, booking, PRICE + 5_000)
    services.tip(user=cast.concierge, booking_id=booking.id, amount=2_000, source_id=CARD)
    services.cancel(user=cast.admin, booking_id=booking.id, code=CancellationCode.OTHER, reason="Never happened")
    assert sorted(each["amount_money"]["amount"] for each in sandbox.refunds()) == [2_000, 5_000, PRICE]
    by_amount = {each["amount_money"]["amount"]: each["id"] for each in sandbox.refunds()}
    settle(sandbox, booking, by_amount[PRICE])
    assert now(booking).payment_status is PaymentStatus.CAPTURED  # the extras are not back yet
    settle(sandbox, booking, by_amount[5_000])
    assert now(booking).payment_status is PaymentStatus.REFUNDED
    settle(sandbox, booking, by_amount[2_000])
    assert now(booking).refunded == now(booking).paid == PRICE + 7_000


def settle(sandbox: SandboxControl, booking: Booking, refund_id: str) -> None:
    sandbox.settle_refund(refund_id)
    for row in PaymentTransaction.booking_index.query(booking.id):
        for operation in PaymentTransaction.fetch(row.id).refunds:
            payments.follow_refund(transaction_id=row.id, key=operation.key)


def test_the_rides_times_propose_what_waiting_comes_to(cast: Cast) -> None:
    booking = ride(cast)
    booking.arrived_at = booking.pickup_at
    booking.boarded_at = booking.pickup_at + timedelta(minutes=40)
    operator = Operator.fetch(booking.operator_id)
    told = proposal(booking, operator)
    assert told is not None
    [line] = told.lines
    assert (line.code, line.quantity) == ("waiting", 0.5)  # 25 minutes beyond 15 free ones: two quarters
    assert told.total == told.subtotal + told.tax + told.platform_fee
    assert proposed(booking, operator, total=told.total).lines[0].code == "waiting"
    other = proposed(booking, operator, total=told.total + 100)
    assert [each.code for each in other.lines] == ["extras"]
    assert other.subtotal + other.tax + other.platform_fee == told.total + 100
