"""A ride further ahead than a hold lasts is sold by a card that is kept; nothing is held yet."""

from datetime import timedelta

import pytest

from atlas.dynamo.attributes import utc_now
from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import PaymentStatus, QuoteStatus
from bookings.services.dispatching import ride_of
from bookings.tables import Booking
from payments.cards.consent import VERSION
from payments.cards.saving import settle_card
from payments.cards.tables import SavedCard
from payments.cards.using import list_cards, remove_card
from payments.rules.cards import CardStatus
from payments.rules.retrying import HOLD, authorize_at
from payments.tables import PaymentTransaction
from tests.bookings.far_ahead import FAR, far_quote, kept_card, now, sought, take, token
from tests.bookings.looking import at_square, due_ids, faulty, later, quote_states, refused
from tests.bookings.stage import CARD, DECLINED_CARD, Cast, quoted, requested, rival_quote

S = BookingStatus


def check_sold(booking: Booking, card: SavedCard) -> None:
    stored, ride = now(booking), ride_of(booking)
    assert (stored.status, stored.payment_status) == (S.OPERATOR_ASSIGNED, PaymentStatus.PENDING)
    assert (stored.transaction_id, stored.card_id, stored.counts_on) == (None, card.id, card.id)
    assert stored.hold.ask_at == authorize_at(pickup_at=ride.pickup_at, ends_at=ride.ends_at)
    assert stored.due_at == stored.hold.ask_at
    assert stored.acceptance is None
    assert stored.final_price == stored.sold.total


def test_a_card_is_kept_and_nothing_is_held(cast: Cast, sandbox: SandboxControl) -> None:
    quote = far_quote(cast)
    other = rival_quote(cast, sought(quote))
    booking = take(cast, quote, source_id=token(), consent=VERSION)
    (card,) = list_cards(payer_id=cast.concierge.id)
    check_sold(booking, card)
    assert (card.consent.version, card.status) == (VERSION, CardStatus.ACTIVE)
    assert quote_states(booking)[other.id][0] is QuoteStatus.DECLINED
    assert at_square(sandbox, booking) == []
    assert not list(PaymentTransaction.booking_index.query(booking.id))


def test_a_card_that_is_kept_needs_no_square(cast: Cast, sandbox: SandboxControl) -> None:
    card, quote = kept_card(cast), far_quote(cast)
    sandbox.inject("drop_before", count=1000)
    check_sold(take(cast, quote, card_id=card.id), card)
    sandbox.clear_faults()


def test_without_consent_nothing_is_kept(cast: Cast, sandbox: SandboxControl) -> None:
    quote = far_quote(cast)
    with faulty("consent"):
        take(cast, quote, source_id=CARD)
    with faulty("consent"):
        take(cast, quote, source_id=CARD, consent="1999-01")
    with faulty("sourceId"):
        take(cast, quote, consent=VERSION)
    stored = sought(quote)
    assert (stored.status, stored.acceptance) == (S.QUOTING, None)
    assert not sandbox.cards()


def test_a_card_that_its_bank_refuses_sells_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    quote = far_quote(cast)
    with refused("card_declined") as details:
        take(cast, quote, source_id=DECLINED_CARD, consent=VERSION)
    assert details == {"reason": "CARD_DECLINED", "status": S.QUOTING}
    stored = sought(quote)
    assert (stored.status, stored.acceptance, stored.card_id) == (S.QUOTING, None, None)
    assert take(cast, quote, source_id=token(), consent=VERSION).status is S.OPERATOR_ASSIGNED


def test_a_card_on_file_is_held_at_once_for_a_ride_that_is_near(cast: Cast, sandbox: SandboxControl) -> None:
    card = kept_card(cast)
    booking = take(cast, quoted(cast, requested(cast)), card_id=card.id)
    stored = now(booking)
    assert (stored.payment_status, stored.card_id) == (PaymentStatus.AUTHORIZED, card.id)
    assert stored.hold.ask_at is None  # it outlasts the ride
    assert abs(stored.hold.lapses_at - utc_now() - HOLD) < timedelta(minutes=1)
    assert PaymentTransaction.fetch(stored.transaction_id).card_id == card.id
    assert at_square(sandbox, booking) == [("APPROVED", 21_000)]


def test_one_is_kept_for_later_rides_on_consent(cast: Cast, sandbox: SandboxControl) -> None:
    booking = take(cast, quoted(cast, requested(cast)), source_id=token(), consent=VERSION)
    (card,) = list_cards(payer_id=cast.concierge.id)
    assert now(booking).card_id == card.id
    assert at_square(sandbox, booking) == [("APPROVED", 21_000)]


def test_a_ride_longer_than_a_hold_is_held_at_once_and_keeps_its_card(cast: Cast, sandbox: SandboxControl) -> None:
    """Tomorrow, for nine days: the first hold ends on the way."""
    quote = quoted(cast, requested(cast, hours_ahead=20, duration_hours=8, duration_days=9))
    with faulty("consent"):
        take(cast, quote, source_id=CARD)
    stored = now(take(cast, quote, source_id=token(), consent=VERSION))
    assert stored.payment_status is PaymentStatus.AUTHORIZED
    assert stored.hold.ask_at == stored.hold.lapses_at - timedelta(hours=12)


@pytest.mark.parametrize("outcome", ["insufficient-funds-later", "expired-later"])
def test_a_no_to_the_hold_of_a_near_ride_sells_nothing(cast: Cast, sandbox: SandboxControl, outcome: str) -> None:
    """The card is kept, as its holder agreed; the booking is as it was."""
    card, quote = kept_card(cast, outcome), quoted(cast, requested(cast))
    with refused("card_declined"):
        take(cast, quote, card_id=card.id)
    stored = sought(quote)
    assert (stored.status, stored.acceptance, stored.hold, stored.card_id) == (S.QUOTING, None, None, None)
    assert list_cards(payer_id=cast.concierge.id)[0].id == card.id


def test_somebody_elses_card_pays_for_nobody(cast: Cast, sandbox: SandboxControl) -> None:
    card, quote = kept_card(cast), far_quote(cast)
    card.payer_id = cast.other_concierge.id
    card.save()
    with faulty("cardId"):
        take(cast, quote, card_id=card.id)
    with faulty("cardId"):
        take(cast, quote, card_id=card.id, source_id=CARD)


def test_a_card_that_will_be_over_by_then_is_refused(cast: Cast, sandbox: SandboxControl) -> None:
    card, quote = kept_card(cast), far_quote(cast)
    card.exp_year, card.exp_month = (today := utc_now()).year - (today.month == 1), (today.month - 2) % 12 + 1
    card.save()
    with refused("card_expired"):
        take(cast, quote, card_id=card.id)
    removed = kept_card(cast)
    remove_card(payer_id=cast.concierge.id, card_id=removed.id)
    with faulty("cardId"):
        take(cast, quote, card_id=removed.id)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("path", ["/v2/customers", "/v2/cards"])
def test_a_lost_answer_is_found_by_the_deadline(cast: Cast, sandbox: SandboxControl, fault: str, path: str) -> None:
    quote = far_quote(cast)
    sandbox.inject(fault, path=path, count=4)
    with pytest.raises(Unavailable):
        take(cast, quote, source_id=token(), consent=VERSION)
    claimed = sought(quote)
    assert claimed.acceptance.card_id
    assert claimed.id in due_ids()
    sandbox.clear_faults()
    assert services.settle_acceptance(booking_id=claimed.id)
    (card,) = list_cards(payer_id=cast.concierge.id)
    check_sold(claimed, card)
    assert len(sandbox.cards()) == 1
    assert not services.settle_acceptance(booking_id=claimed.id)


def test_square_stays_away(cast: Cast, sandbox: SandboxControl) -> None:
    """For ten minutes: the request is open again, and the quote may be taken by a card that is kept already."""
    card, quote = kept_card(cast), far_quote(cast)
    sandbox.inject("drop_before", count=1000)
    with pytest.raises(Unavailable):
        take(cast, quote, source_id=token(), consent=VERSION)
    with pytest.raises(Unavailable):
        services.settle_acceptance(booking_id=quote.booking_id)
    with later(minutes=11):
        assert services.settle_acceptance(booking_id=quote.booking_id)
        assert sought(quote).acceptance is None
        check_sold(take(cast, quote, card_id=card.id), card)
    sandbox.clear_faults()


def test_killed_between_the_card_and_its_hold(
    cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A near ride by a new card that is kept: two questions to Square, and a crash between them."""
    from bookings.services import accepting  # noqa: PLC0415

    quote = quoted(cast, requested(cast))

    class Killed(BaseException):
        pass

    def die(_: object) -> None:
        raise Killed

    monkeypatch.setattr(accepting, "_open_hold", die)
    with pytest.raises(Killed):
        take(cast, quote, source_id=token(), consent=VERSION)
    monkeypatch.undo()
    assert sought(quote).acceptance.transaction_id is None
    assert services.settle_acceptance(booking_id=quote.booking_id)
    stored = sought(quote)
    assert (stored.status, stored.payment_status) == (S.OPERATOR_ASSIGNED, PaymentStatus.AUTHORIZED)
    assert at_square(sandbox, stored) == [("APPROVED", 21_000)]


@pytest.mark.slow
def test_the_deadline_and_the_request_may_both_finish(cast: Cast, sandbox: SandboxControl) -> None:
    """Somebody settled it while the request still waited for Square: it finds the ride sold, once."""
    from unittest.mock import patch  # noqa: PLC0415

    from bookings.services import accepting  # noqa: PLC0415

    quote = far_quote(cast)

    def settled_by_another(*, card_id: str) -> SavedCard:
        with patch.object(accepting, "settle_card", settle_card):
            services.settle_acceptance(booking_id=quote.booking_id)
        return settle_card(card_id=card_id)

    with patch.object(accepting, "settle_card", settled_by_another):
        booking = take(cast, quote, source_id=token(), consent=VERSION)
    check_sold(booking, list_cards(payer_id=cast.concierge.id)[0])
    assert len(sandbox.cards()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("time", range(2))
def test_many_accepts_at_once(cast: Cast, sandbox: SandboxControl, time: int) -> None:
    """By a new card and by one that is kept, of two quotes: one wins."""
    from tests.bookings.test_races import race  # noqa: PLC0415

    card, booking = kept_card(cast), requested(cast, hours_ahead=FAR)
    quotes = [quoted(cast, booking), rival_quote(cast, booking)]
    deeds = [lambda quote=quote: take(cast, quote, card_id=card.id) for quote in quotes * 4]
    deeds += [lambda quote=quote: take(cast, quote, source_id=token(), consent=VERSION) for quote in quotes * 4]
    outcomes = race(deeds)
    assert outcomes.count("done") == 1, outcomes
    assert set(outcomes) <= {"done", "already_accepted", "acceptance_in_progress"}
    stored = now(booking)
    assert (stored.status, stored.acceptance) == (S.OPERATOR_ASSIGNED, None)
    assert stored.selected_quote_id == quotes[outcomes.index("done") % 2].id
    assert sorted(each[0] for each in quote_states(booking).values()) == ["ACCEPTED", "DECLINED"]
    assert at_square(sandbox, booking) == []
