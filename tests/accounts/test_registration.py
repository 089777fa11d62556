"""Signing up: what is asked, and that an e-mail address belongs to one account however many try at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.events import UserRegistered
from accounts.rules.roles import Role
from accounts.selectors import user_by_email
from accounts.tables import User
from atlas import events, outbox
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import transact
from atlas.errors import Conflict
from atlas.tables import Unique
from tests.factories import PASSWORD, UserFactory

REGISTER = "/api/v1/auth/register"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Grace Hopper",
        "email": "grace@example.com",
        "phone": "+1 (212) 555-0123",
        "password": PASSWORD,
        "role": "CONCIERGE",
    } | changes


def post(api: Client, **changes: Any) -> Any:
    return api.post(REGISTER, body(**changes), content_type="application/json")


def test_a_concierge_signs_up(api: Client) -> None:
    answer = post(api, email="First@Example.COM")
    assert answer.status_code == 201
    user = answer.json()
    assert user["email"] == "first@example.com"
    assert user["phone"] == "+12125550123"
    assert (user["role"], user["status"], user["profileId"]) == ("CONCIERGE", "ACTIVE", None)
    assert user["settings"] == {"notifications": True, "darkMode": False}
    assert "password" not in answer.content.decode().lower()
    stored = User.fetch(user["id"])
    assert stored.password_hash.startswith("bcrypt_sha256$")


def test_the_fact_is_told_with_the_user(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[UserRegistered] = []
    monkeypatch.setitem(events._handlers, UserRegistered, [told.append])
    monkeypatch.setitem(events._by_name, "UserRegistered", UserRegistered)
    answer = post(api, email="olga@example.com", role="OPERATOR")
    assert answer.json()["status"] == "ACTIVE"
    assert told == [
        UserRegistered(answer.json()["id"], Role.OPERATOR, "Grace Hopper", "olga@example.com", "+12125550123")
    ]
    assert outbox.redeliver() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "ADMIN"}, "role"),
        ({"role": "DRIVER"}, "role"),
        ({"role": "concierge"}, "role"),
        ({"email": "nobody"}, "email"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"email": 7}, "email"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"phone": "555-0123"}, "phone"),
        ({"phone": "+1 212 555 0123 ext. 4"}, "phone"),
        ({"phone": "+999 1234567890"}, "phone"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "8273645091827"}, "password"),
        ({"password": "grace@example.com"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"status": "ACTIVE"}, "status"),
        ({"credentialsEpoch": 5}, "credentialsEpoch"),
    ],
)
def test_what_is_wrong_is_named(api: Client, changes: dict[str, Any], field: str) -> None:
    answer = post(api, **{"email": "wrong@example.com", **changes})
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert user_by_email("wrong@example.com") is None


@pytest.mark.parametrize("name", ["李小龍", "عائشة بنت محمد", "Zoë 🚘", "O'Brien-Núñez"])
def test_names_are_free(api: Client, name: str) -> None:
    answer = post(api, name=name, email=f"{abs(hash(name))}@example.com", phone="")
    assert (answer.status_code, answer.json()["name"], answer.json()["phone"]) == (201, name, "")


def test_international_domains_are_one_address(api: Client) -> None:
    user = post(api, email="Ada@Bücher.example").json()
    assert user["email"] == "ada@xn--bcher-kva.example"
    found = user_by_email("ada@bücher.example")
    assert found is not None
    assert found.id == user["id"]
    assert post(api, email="ADA@xn--bcher-kva.example").status_code == 409


def test_an_address_is_taken_whatever_its_case(api: Client) -> None:
    UserFactory.create(email="taken@example.com")
    answer = post(api, email="TAKEN@example.com")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "email_taken"


def test_twenty_at_once_make_one_account(api: Client) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: post(Client(), email="race@example.com", name=f"Racer {n}"), range(20)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 19
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} == {"email_taken"}
    (winner,) = (answer.json() for answer in answers if answer.status_code == 201)
    assert [user.id for user in User.email_index.query("race@example.com")] == [winner["id"]]
    assert Unique.fetch("email:race@example.com").owner_id == winner["id"]


def test_a_user_joins_the_transaction_of_another_app() -> None:
    with transact() as tx:
        user = services.create_user(
            tx=tx, name="Dee", email="dee@example.com", password=None, role=Role.DRIVER, profile_id="driver-1"
        )
        assert User.find(user.id) is None
    assert User.fetch(user.id).profile_id == "driver-1"
    with pytest.raises(Conflict) as taken, transact() as tx:
        services.create_user(tx=tx, name="Dee", email="dee@example.com", password=None, role=Role.DRIVER)
    assert taken.value.code == "email_taken"


def test_one_write(api: Client) -> None:
    with measure() as cost:
        UserFactory.create()
    assert [each.split()[0] for each in cost.operations] == ["TransactWriteItems"]
