"""The books in the back office: postings to be looked at, statements and tax asked for, payouts by two people."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from atlas.dynamo.bulk import put_all
from atlas.dynamo.meter import measure
from fleet.factories import OperatorFactory
from fleet.tables import Operator
from payments.ledger import balances, writing
from payments.ledger.tables import LedgerPosting
from payments.payouts.tables import Payout, PayoutStatus
from tests.bookings.admin.conftest import desk
from tests.payments.books import captured, refunded

POSTINGS, PAYOUTS = "/admin/payments/ledgerposting/", "/admin/payments/payout/"
DAY = datetime(2024, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def operator() -> Operator:
    """Owed 125.00, and its drivers 375.00."""
    operator: Operator = OperatorFactory.create()
    return operator


@pytest.fixture
def posting(operator: Operator) -> LedgerPosting:
    row = captured(DAY, payee_id=operator.id)
    (posting,) = writing.books_of([row])
    put_all([row, posting])
    writing.add_up([posting])
    return posting


def test_postings_are_shown_and_not_changed(posting: LedgerPosting) -> None:
    client = desk(StaffRole.FINANCE)
    with measure() as cost:
        found = client.get(POSTINGS, {"q": posting.payee_id}).context["cl"].result_list
    assert [each.pk for each in found] == [posting.id]
    assert cost.scans == 0
    html = client.get(f"{POSTINGS}{posting.id}/change/").content.decode()
    for words in ("tax:US-NY", "\u2212$44.38", "$569.38"):
        assert words in html
    assert 'name="_save"' not in html


def test_tax_of_a_period_by_place(operator: Operator) -> None:
    at = datetime(2023, 7, 8, 12, tzinfo=UTC)  # a day that no other test has
    rows = [captured(at, payee_id=operator.id), refunded(captured(at, payee_id=operator.id), 56_938, at)]
    writing.add_up(writing.books_of(rows))
    client = desk(StaffRole.FINANCE)
    days = {"first": "2023-07-08", "last": "2023-07-08"}
    html = client.get(f"{POSTINGS}taxes/", days).content.decode()
    for words in ("US-NY", "0.08875", "$88.76", "$44.38", "$1,000.00"):
        assert words in html
    answer = client.get(f"{POSTINGS}taxes/", {**days, "format": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="tax-2023-07-08-2023-07-08.csv"'
    (row,) = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    assert row == {
        "jurisdiction": "US-NY",
        "rate": "0.08875",
        "currency": "USD",
        "taxed": "1000.00",
        "collected": "88.76",
        "taxed and given back": "500.00",
        "given back": "44.38",
        "net": "44.38",
    }
    assert client.get(f"{POSTINGS}taxes/", {"first": "2023-07-08", "last": "2023-07-07"}).status_code == 400


def test_a_statement_is_asked_for_with_the_balance_beside(posting: LedgerPosting) -> None:
    client = desk(StaffRole.FINANCE)
    html = client.get(f"{POSTINGS}statement/", {"operator": posting.payee_id}).content.decode()
    assert "$500.00" in html
    form = {"operator": posting.payee_id, "first": "2024-05-01", "last": "2024-05-31", "format": "csv"}
    answer = client.post(f"{POSTINGS}statement/", form)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/jobs/") or "job" in answer["Location"]
    refused = client.post(f"{POSTINGS}statement/", {**form, "last": "2999-01-01"})
    assert refused.status_code == 400


def record(client: Client, operator_id: str, **changes: str) -> int:
    form = {
        "operator": operator_id,
        "account": "operator",
        "amount": "100.00",
        "currency": "USD",
        "bank_reference": f"ref {operator_id}",
        "value_on": "2024-06-01",
    } | changes
    return client.post(f"{PAYOUTS}record/", form).status_code


def test_a_payout_takes_two(posting: LedgerPosting) -> None:
    first, second = desk(StaffRole.FINANCE), desk(StaffRole.FINANCE)
    assert record(first, posting.payee_id, amount="125.01") == 400
    assert record(first, posting.payee_id) == 302
    (row,) = Payout.query(posting.payee_id)
    page = first.get(PAYOUTS, {"status": "RECORDED", "q": posting.payee_id})
    (shown,) = page.context["cl"].result_list
    form = {"action": "confirm", "index": "0", "_selected_action": [shown.pk], "confirmed": "1"}
    first.post(PAYOUTS, form)
    assert Payout.find(row.payee_id, row.sequence).status is PayoutStatus.RECORDED  # type: ignore[union-attr]
    second.post(PAYOUTS, form)
    assert Payout.find(row.payee_id, row.sequence).status is PayoutStatus.CONFIRMED  # type: ignore[union-attr]
    assert balances.of_operator(posting.payee_id)["USD"]["operator"] == -2_500
