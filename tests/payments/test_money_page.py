"""The page of an operator's money, and the API's words of the same."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.tables import User
from atlas.dynamo.bulk import put_all
from fleet.factories import OperatorFactory
from payments.ledger import writing
from tests.bookings.stage import browser
from tests.clients import client_of
from tests.payments.books import captured, refunded

MAY = datetime(2024, 5, 6, 12, tzinfo=UTC)
JUNE = datetime(2024, 6, 7, 12, tzinfo=UTC)


@pytest.fixture
def owner() -> User:
    """Whose company is owed for a ride in May, of which a part went back in June."""
    operator = OperatorFactory.create()
    row = refunded(captured(MAY, payee_id=operator.id), 10_000, JUNE)
    postings = writing.books_of([row])
    put_all([row, *postings])
    writing.add_up(postings)
    return User.fetch(operator.user_id)


def test_what_is_owed_month_by_month(owner: User) -> None:
    client: Client = browser(owner)
    page = client.get("/money/")
    html = page.content.decode()
    for words in ("$412.18", "May 2024", "June 2024", "$500.00", "Nothing was paid out yet."):
        assert words in html
    assert html.index("June 2024") < html.index("May 2024")
    form = {"first": "2024-05-01", "last": "2024-05-31", "currency": "USD", "format": "pdf"}
    answer = client.post("/money/statement/", form)
    assert answer.status_code == 302
    assert answer["Location"] != "/money/"
    assert client.post("/money/statement/", {**form, "last": "2999-01-01"})["Location"] == "/money/"


def test_nobody_sees_anothers(owner: User) -> None:
    other = User.fetch(OperatorFactory.create().user_id)
    assert "$412.18" not in browser(other).get("/money/").content.decode()
    assert client_of(other).get("/api/v1/operators/me/balance").json()["balances"] == []


def test_the_api_says_the_same(owner: User) -> None:
    client = client_of(owner)
    (money,) = client.get("/api/v1/operators/me/balance").json()["balances"]
    assert money == {
        "currency": "USD",
        "owed": 41_218,
        "operator": 10_304,
        "drivers": 30_914,
        "suspense": 0,
        "unpaid": 0,
        "payableOperator": 10_304,
        "payableDrivers": 30_914,
    }
    months = client.get("/api/v1/operators/me/statements").json()
    assert months["next"] is None
    assert [(each["month"], each["opening"], each["closing"], each["isOver"]) for each in months["results"]] == [
        ("2024-06", 50_000, 41_218, True),
        ("2024-05", 0, 50_000, True),
    ]
    assert client.get("/api/v1/operators/me/payouts").json() == {"results": [], "next": None}
    wrong = client.post("/api/v1/operators/me/statements", {"from": "2024-05-02", "to": "2024-05-01"}, format="json")
    assert wrong.status_code == 400
