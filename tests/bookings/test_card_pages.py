"""What a concierge sees of cards on file: accepting far ahead, using another card, the list in their account."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.settings import api_settings

from atlas import rates
from atlas.local.square.testing import SandboxControl
from bookings.rules.lifecycle import BookingStatus
from payments.cards.consent import VERSION
from payments.cards.tables import SavedCard
from payments.cards.using import list_cards
from payments.rules.cards import CardStatus
from tests.bookings.far_ahead import asked, at, far_quote, kept_card, now, sold_far, sought, token
from tests.bookings.stage import CARD, Cast, browser, quoted, requested

JSON = {"accept": "application/json"}


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def test_a_new_card_is_kept_with_consent(cast: Cast, sandbox: SandboxControl) -> None:
    quote, client = far_quote(cast), browser(cast.concierge)
    path = f"/bookings/{quote.booking_id}/quotes/{quote.id}/accept/"
    page = text(client.get(path))
    assert "Nothing is charged now. The price is reserved on the card on" in page
    assert "I allow Atlas to keep this card" in page
    refused = client.post(path, {"source_id": CARD})
    assert refused.status_code == 400
    assert "Agree to the card being kept." in text(refused)
    assert sought(quote).status is BookingStatus.QUOTING
    client.post(path, {"source_id": token(), "consent": VERSION})
    assert sought(quote).status is BookingStatus.QUOTING, "locally only labelled outcomes are offered"
    accepted = client.post(path, {"source_id": CARD, "consent": VERSION}, follow=True)
    assert "Accepted. The card is charged nothing yet" in text(accepted)
    assert "Nothing is charged yet. The price is reserved on it on" in text(accepted)
    assert sought(quote).card_id == list_cards(payer_id=cast.concierge.id)[0].id


def test_one_that_is_kept_is_chosen(cast: Cast, sandbox: SandboxControl) -> None:
    card, quote, client = kept_card(cast), far_quote(cast), browser(cast.concierge)
    path = f"/bookings/{quote.booking_id}/quotes/{quote.id}/accept/"
    assert f"•••• {card.last4}" in text(client.get(path))
    answer = client.post(path, {"card_id": card.id, "source_id": CARD}, headers=JSON)
    assert answer.json()["href"] == f"/bookings/{quote.booking_id}/"
    assert sought(quote).card_id == card.id
    assert client.get(f"{path}state/").json()["state"] == "sold"


def test_a_near_ride_needs_no_consent(cast: Cast, sandbox: SandboxControl) -> None:
    quote, client = quoted(cast, requested(cast)), browser(cast.concierge)
    path = f"/bookings/{quote.booking_id}/quotes/{quote.id}/accept/"
    assert "Keep this card for later rides." in text(client.get(path))
    client.post(path, {"source_id": CARD})
    assert sought(quote).status is BookingStatus.OPERATOR_ASSIGNED
    assert not list_cards(payer_id=cast.concierge.id)


@pytest.mark.slow
def test_the_booking_says_what_to_do_and_another_card_mends_it(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast, "expired-later")
    due = now(booking).hold.ask_at
    asked(booking)
    path = f"/bookings/{booking.id}/"
    with at(due + timedelta(days=1)):
        client = browser(cast.concierge)
        page = text(client.get(path))
        assert "The card has expired." in page
        assert "The ride is called off on" in page
        assert f"{path}card/" in page
        for other in (cast.owner, cast.chauffeur):
            assert "The card has expired." not in text(browser(other).get(path))
        assert client.get(f"{path}card/state/?card={now(booking).card_id}").json() == {"state": "open"}
        before = now(booking).card_id
        changed = client.post(f"{path}card/", {"source_id": CARD, "consent": VERSION}, follow=True)
        assert "The card is changed, and the price is reserved on it." in text(changed)
        assert client.get(f"{path}card/state/?card={before}").json()["state"] == "sold"


def test_another_card_that_says_no_stays_on_its_page(cast: Cast, sandbox: SandboxControl) -> None:
    booking, poor = sold_far(cast, "expired-later"), kept_card(cast, "insufficient-funds-later")
    due = now(booking).hold.ask_at
    asked(booking)
    with at(due + timedelta(days=1)):
        client = browser(cast.concierge)
        answer = client.post(f"/bookings/{booking.id}/card/", {"card_id": poor.id, "source_id": CARD})
    assert answer.status_code == 400
    assert "There is not enough money on the card." in text(answer)
    assert "The card is kept, but it did not give the price." in text(answer)


def test_the_list_in_the_account(cast: Cast, sandbox: SandboxControl) -> None:
    client = browser(cast.concierge)
    assert "/account/cards/" in text(client.get("/account/"))
    assert "No card is kept." in text(client.get("/account/cards/"))
    assert "Agree to the card being kept." in text(client.post("/account/cards/", {"source_id": CARD}))
    declined = client.post("/account/cards/", {"source_id": "cnon:card-nonce-declined", "consent": VERSION})
    assert "The bank declined the card." in text(declined)
    assert "The card is kept." in text(
        client.post("/account/cards/", {"source_id": CARD, "consent": VERSION}, follow=True)
    )
    (card,) = list_cards(payer_id=cast.concierge.id)
    assert client.get("/account/cards/state/?newest=").json() == {"state": "sold", "href": "/account/cards/"}
    assert client.get(f"/account/cards/state/?newest={card.id}").json() == {"state": "open"}
    assert browser(cast.other_concierge).post(f"/account/cards/{card.id}/remove/").status_code in (302, 404)
    assert SavedCard.fetch(card.id).status is CardStatus.ACTIVE
    assert "The card is removed." in text(client.post(f"/account/cards/{card.id}/remove/", follow=True))
    assert not list_cards(payer_id=cast.concierge.id)


def test_the_page_and_the_api_count_as_one(
    cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "card", "2/hour")
    client = browser(cast.concierge)
    sent = {"source_id": CARD, "consent": VERSION}
    assert client.post("/account/cards/", {"source_id": CARD}).status_code == 400
    rates.count("card", f"user:{cast.concierge.id}")  # by the API
    refused = client.post("/account/cards/", sent)
    assert refused.status_code == 429
    assert "Too many cards were tried. Try again in" in text(refused)
    assert client.post("/account/cards/", sent, headers=JSON).status_code == 429
    assert not list_cards(payer_id=cast.concierge.id)
    assert client.get("/account/cards/").status_code == 200
    assert browser(cast.other_concierge).post("/account/cards/", sent).status_code == 302
