"""The demo data of `make run`: its books agree with the bank's, and what it shows can be worked with."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bookings.demo.stories import Writer
from bookings.rules.lifecycle import LIVE
from tests.rides import People
from tests.stack import Stack, eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

AT_THE_BANK = {"AUTHORIZED": "APPROVED", "CAPTURED": "COMPLETED"}
NEEDS = {"PAID": "CAPTURED", "OPERATOR_ASSIGNED": "AUTHORIZED", "IN_PROGRESS": "AUTHORIZED"}
"""How far the payment of a booking in some status must be."""


@pytest.fixture(scope="module")
def demo(stack: Stack) -> People:
    return People.of_demo(stack)


def test_every_payment_is_at_the_sandbox_as_the_books_have_it(stack: Stack) -> None:
    payments = {each["id"]: each for each in stack.square.payments()}
    rows = {row["id"]: row for row in stack.items("transactions")}
    for row in rows.values():
        if row["status"] in AT_THE_BANK:
            payment = payments[row["paymentGatewayId"]]
            assert (payment["status"], payment["reference_id"]) == (AT_THE_BANK[row["status"]], row["bookingId"])
            assert payment["total_money"]["amount"] == row["amount"]
    for booking in stack.items("bookings"):
        needed = NEEDS.get(booking["status"])
        if needed and "transactionId" not in booking:
            assert booking["hold"]["askAt"] > booking["createdAt"]  # its card on file is asked near the pick-up
        elif needed:
            assert rows[booking["transactionId"]]["status"] == needed


def test_its_own_books_are_right_too(stack: Stack) -> None:
    first = min(row["createdDay"] for row in stack.items("transactions"))
    assert "are right" in stack.manage("payments", "ledger", "verify", "--from", first)
    taken = {row["id"] for row in stack.items("transactions") if row["status"] == "CAPTURED"}
    postings = stack.items("ledger-postings")
    assert {posting.get("transactionId") for posting in postings} >= taken  # a payout is of none
    assert {posting["kind"] for posting in postings} >= {"CAPTURE", "CANCELLATION_FEE"}
    assert not [line for posting in postings for line in posting["lines"] if line["account"] == "suspense"]


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_whoever_signs_in_as_the_concierge_has_cars_to_watch(hour: int) -> None:
    stories = Writer(datetime(2026, 11, 23, hour, 7, tzinfo=UTC)).all()
    watched = [story.status for story in stories if story.concierge == "concierge" and story.status in LIVE]
    assert set(watched) == LIVE


def test_no_page_is_empty(stack: Stack, demo: People) -> None:
    bookings = stack.items("bookings")
    statuses = {booking["status"] for booking in bookings}
    assert len(bookings) > 200
    assert statuses >= {"SOURCING", "QUOTING", "DRIVER_ASSIGNED", "IN_PROGRESS", "PAID", "CANCELLED", "EXPIRED"}
    assert len({booking["reference"] for booking in bookings}) == len(bookings)
    assert demo.concierge.ask("GET /bookings")["results"]
    assert demo.operator.ask("GET /bookings/open")["results"]
    me: Any = demo.driver.ask("GET /drivers/me")
    assert me["totalTrips"] > 0


def test_every_page_about_money_shows_something(stack: Stack, demo: People) -> None:
    [card] = demo.concierge.ask("GET /me/cards")["results"]
    counting = [each for each in stack.items("bookings") if each.get("countsOn") == card["id"]]
    assert [each["status"] for each in counting] == ["OPERATOR_ASSIGNED"]
    states = {row["state"] for row in demo.concierge.ask("GET /me/invoices")["results"]}
    assert states >= {"OPEN", "OVERDUE"}
    payouts = {row["account"]: row for row in stack.items("payouts")}
    assert {account: row["status"] for account, row in payouts.items()} == {
        "operator": "CONFIRMED",
        "driver": "RECORDED",
    }
    assert payouts["operator"]["recordedBy"] != payouts["operator"]["decidedBy"]
    assert "OPERATOR_PAYOUT" in {posting["kind"] for posting in stack.items("ledger-postings")}


def test_a_ride_of_last_week_can_be_refunded(stack: Stack, demo: People) -> None:
    paid = next(row for row in stack.items("transactions") if row["status"] == "CAPTURED")
    demo.admin.ask("POST /transactions/{transaction_id}/refund", transaction_id=paid["id"], amount=1_00)

    def refunded() -> bool:
        row = demo.admin.ask("GET /transactions/{transaction_id}", transaction_id=paid["id"])
        return bool(row["refunded"] == 1_00)

    eventually(refunded, what="Square has settled the refund")


def test_it_is_written_once_and_leaves_no_webhook_to_be_sent(stack: Stack) -> None:
    before = len(stack.items("bookings"))
    assert "already" in stack.manage("seed_demo")
    assert len(stack.items("bookings")) == before
    told_of = {
        event["data"]["object"]["payment"]["id"] for event in stack.square.events() if "payment" in event["type"]
    }
    silent = {payment["id"] for payment in stack.square.payments()} - told_of
    assert len(silent) > 200
