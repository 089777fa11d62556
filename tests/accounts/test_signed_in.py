"""Where one is signed in: the list, the end of one, of all others, and what it does to open sockets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts import services as accounts
from accounts import sign_in, signed_in, tokens
from accounts.devices import device_name
from accounts.rules.roles import Role, StaffRole
from accounts.sessions import SessionStore
from accounts.tables import Session, TokenFamily, User
from atlas.asgi import application
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden, NotFound
from atlas.live.authentication import in_thread
from tests.authenticator import HERE
from tests.factories import PASSWORD, UserFactory

MINE = "/api/v1/me/sessions"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1"
)


def browser(user: User, agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    assert client.post("/sign-in/", {"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def api(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {sign_in.sign_in(email=user.email, password=PASSWORD, origin=HERE).access_token}"}


def listed(client: Client, headers: Any = None) -> list[dict[str, Any]]:
    answer = client.get(MINE, headers=headers or {})
    assert answer.status_code == 200
    assert answer.json()["next"] is None
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def key(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def row_of(client: Client) -> Session:
    return Session.fetch(SessionStore(key(client)).row_id)


def who(client: Client) -> str:
    return client.get("/").content.decode()


def test_browsers_and_clients_are_one_list(ada: User) -> None:
    laptop, headers = browser(ada), api(ada)
    browser(ada, IPHONE, "198.51.100.9")
    browser(UserFactory.create())
    Client().get("/sign-in/")
    found = listed(laptop)
    assert [(each["kind"], each["device"], each["ipAddress"], each["current"]) for each in found] == [
        ("BROWSER", "Firefox on Windows", "192.0.2.7", True),
        ("BROWSER", "Mobile Safari on iOS", "198.51.100.9", False),
        ("API", "Unknown device", "127.0.0.1", False),
    ]
    assert set(found[0]) == {
        "id", "kind", "device", "userAgent", "ipAddress", "signedInAt", "lastSeenAt", "expiresAt", "current",
    }  # fmt: skip
    assert not any(key(laptop) in str(each) or row_of(laptop).id in str(each) for each in found)
    assert [each["current"] for each in listed(Client(), headers)] == [True, False, False]
    assert listed(Client(), headers)[0]["kind"] == "API"


def test_ending_one_ends_that_one(ada: User) -> None:
    laptop, phone, headers = browser(ada), browser(ada, IPHONE), api(ada)
    found = {each["device"]: each["id"] for each in listed(laptop)}
    assert laptop.delete(f"{MINE}/{found['Mobile Safari on iOS']}").status_code == 204
    assert (who(laptop), who(phone)) == (ada.email, "")
    assert Client().get("/api/v1/me", headers=headers).status_code == 200
    assert laptop.delete(f"{MINE}/{found['Unknown device']}").status_code == 204
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert laptop.delete(f"{MINE}/{found['Unknown device']}").status_code == 404
    assert [each["current"] for each in listed(laptop)] == [True]
    assert laptop.delete(f"{MINE}/{listed(laptop)[0]['id']}").status_code == 204
    assert who(laptop) == ""


def test_nobody_ends_anothers(ada: User) -> None:
    mine, theirs = browser(ada), browser(UserFactory.create())
    for each in listed(mine):
        assert theirs.delete(f"{MINE}/{each['id']}").status_code == 404
    assert theirs.delete(f"{MINE}/{uuid4()}").status_code == 404
    assert theirs.delete(f"{MINE}/x").status_code == 404
    assert who(mine) == ada.email


def test_ending_all_others_from_a_browser(ada: User) -> None:
    laptop, phone, headers = browser(ada), browser(ada, IPHONE), api(ada)
    assert laptop.post(f"{MINE}/revoke-others").status_code == 204
    assert (who(laptop), who(phone)) == (ada.email, "")
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert [each["current"] for each in listed(laptop)] == [True]


def test_ending_all_others_from_a_client(ada: User) -> None:
    laptop, other = browser(ada), api(ada)
    kept = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    headers = {"Authorization": f"Bearer {kept.access_token}"}
    assert Client().post(f"{MINE}/revoke-others", headers=headers).status_code == 204
    assert who(laptop) == ""
    assert Client().get("/api/v1/me", headers=other).status_code == 401
    assert [each["current"] for each in listed(Client(), headers)] == [True]
    assert sign_in.refresh(refresh_token=kept.refresh_token).user.id == ada.id


def test_a_client_cannot_be_kept_for_somebody_else(ada: User) -> None:
    eve = UserFactory.create()
    family = tokens.read(api(eve)["Authorization"].split()[1], tokens.ACCESS).family_id
    before = TokenFamily.fetch(family).credentials_epoch
    signed_in.end_others(user=ada, keep=family)
    assert TokenFamily.fetch(family).credentials_epoch == before


def test_two_who_end_each_other(ada: User) -> None:
    """One of them is left, or none; never both."""
    for _ in range(5):
        pair = [api(ada), api(ada)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda headers: Client().post(f"{MINE}/revoke-others", headers=headers), pair))
        found = [Client().get("/api/v1/me", headers=headers).status_code for headers in pair]
        assert found.count(200) <= 1


def test_what_is_void_is_not_listed(ada: User) -> None:
    browser(ada)
    api(ada)
    accounts.change_password(user=ada, current_password=PASSWORD, new_password="another long secret", origin=HERE)
    assert signed_in.sign_ins(user=ada) == []


def test_what_has_expired_is_not_listed(ada: User) -> None:
    row = row_of(browser(ada))
    row.expires_at = utc_now().replace(microsecond=0) - timedelta(seconds=1)
    row.save()
    assert signed_in.sign_ins(user=ada) == []


def test_last_seen_is_written_now_and_then(ada: User) -> None:
    client = browser(ada)
    signed_in_at = row_of(client).signed_in_at
    with measure() as cost:
        who(client)
    assert cost.wcu == 0
    long_ago = utc_now() - timedelta(minutes=16)
    Session(row_of(client).id).update([Session.updated_at.set(long_ago)], add_version_condition=False)
    client.defaults["REMOTE_ADDR"] = "203.0.113.77"
    with measure() as cost:
        assert who(client) == ada.email
    assert [each.split()[0] for each in cost.operations] == ["GetItem", "GetItem", "UpdateItem"]
    row = row_of(client)
    assert (row.ip_address, row.signed_in_at) == ("203.0.113.77", signed_in_at)
    assert utc_now() - row.updated_at < timedelta(minutes=1)
    with measure() as cost:
        who(client)
    assert cost.wcu == 0


def test_a_session_that_was_ended_is_not_seen_again(ada: User) -> None:
    session = SessionStore(key(browser(ada)))
    assert session.get("_auth_user_id") == ada.id
    Session(session.row_id).delete(add_version_condition=False)
    session.see(HERE)
    assert Session.find(session.row_id) is None


def test_the_times_outlive_a_change_of_the_key(ada: User) -> None:
    client = browser(ada)
    before, old = row_of(client).signed_in_at, key(client)
    client.post("/account/password/", {"current_password": PASSWORD, "new_password": "another long secret"})
    assert key(client) != old
    row = row_of(client)
    assert (row.signed_in_at, row.user_agent, row.ip_address) == (before, FIREFOX, "192.0.2.7")


def test_a_row_of_before_says_when_it_was_made(ada: User) -> None:
    row = row_of(browser(ada))
    raw = {name: value for name, value in row.serialize().items() if name not in ("signedInAt", "userAgent")}
    old = Session.from_raw_data({**raw, "schemaVersion": {"S": "1.0.0"}})
    assert (old.schema_version, old.signed_in_at, old.user_agent) == ("1.1.0", row.created_at, "")


def test_the_page(ada: User) -> None:
    laptop, phone = browser(ada), browser(ada, IPHONE)
    page = laptop.get("/account/sessions/").content.decode()
    assert page.count("This one") == 1
    assert "Mobile Safari on iOS" in page
    (other,) = [each.id for each in signed_in.sign_ins(user=ada) if "iPhone" in each.user_agent]
    path = f"/account/sessions/{other}/end/"
    assert laptop.get(path).status_code == 405
    assert "Signed out: Mobile Safari on iOS." in laptop.post(path, follow=True).content.decode()
    assert who(phone) == ""
    assert "signed out already" in laptop.post(path, follow=True).content.decode()
    browser(ada)
    assert laptop.post("/account/sessions/others/")["Location"] == "/account/sessions/"
    assert len(signed_in.sign_ins(user=ada)) == 1
    assert who(laptop) == ada.email


def test_staff_see_and_end_what_they_may(ada: User) -> None:
    laptop = browser(ada)
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    finance = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    (found,) = signed_in.sign_ins_of(actor=support, user_id=ada.id)
    for refuse in (
        lambda: signed_in.end_of(actor=finance, user_id=ada.id, sign_in_id=found.id),
        lambda: signed_in.end_all_of(actor=finance, user_id=ada.id),
        lambda: signed_in.sign_ins_of(actor=UserFactory.create(), user_id=ada.id),
    ):
        with pytest.raises(Forbidden):
            refuse()
    with pytest.raises(NotFound):
        signed_in.end_of(actor=support, user_id=ada.id, sign_in_id=str(uuid4()))
    signed_in.end_of(actor=support, user_id=ada.id, sign_in_id=found.id)
    assert who(laptop) == ""
    laptop = browser(ada)
    signed_in.end_all_of(actor=support, user_id=ada.id)
    assert who(laptop) == ""


@pytest.mark.parametrize("agent", ["", "x" * 300, "\xff\x00", "Mozilla/5.0 (", "🚘", "%s %(a)s", "<script>"])
def test_any_program_has_a_name(agent: str) -> None:
    assert device_name(agent)
    assert device_name("curl/8.5.0") == "curl"


# Sockets


async def opened(*, cookie: str = "", token: str = "") -> WebsocketCommunicator:
    headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())] if cookie else []
    socket = WebsocketCommunicator(application, "/ws/inbox/", headers=headers)
    assert (await socket.connect())[0]
    if token:
        await socket.send_json_to({"type": "authenticate", "token": token})
    assert (await socket.receive_json_from(5))["type"] == "snapshot"
    return socket


async def closed(socket: WebsocketCommunicator) -> int:
    while True:
        message = await socket.receive_output(5)
        if message["type"] == "websocket.close":
            return int(message["code"])


async def test_the_sockets_of_what_is_ended_close_and_no_others(ada: User) -> None:
    laptop, phone = await in_thread(browser, ada), await in_thread(browser, ada, IPHONE)
    token = (await in_thread(api, ada))["Authorization"].split()[1]
    stays, goes, of_client = (
        await opened(cookie=key(laptop)),
        await opened(cookie=key(phone)),
        await opened(token=token),
    )
    ids = {each.device: each.id for each in await in_thread(lambda: signed_in.sign_ins(user=ada))}

    await in_thread(lambda: signed_in.end(user=ada, sign_in_id=ids["Mobile Safari on iOS"]))
    assert await closed(goes) == 4401
    assert await stays.receive_nothing(0.2)
    assert await of_client.receive_nothing(0.05)

    await in_thread(lambda: signed_in.end(user=ada, sign_in_id=ids["Unknown device"]))
    assert await closed(of_client) == 4401
    assert await stays.receive_nothing(0.2)
    await in_thread(lambda: laptop.post("/sign-out/"))
    assert await closed(stays) == 4401


async def test_the_sockets_of_all_others_close(ada: User) -> None:
    laptop, phone = await in_thread(browser, ada), await in_thread(browser, ada, IPHONE)
    token = (await in_thread(api, ada))["Authorization"].split()[1]
    family = tokens.read(token, tokens.ACCESS).family_id
    sockets = [await opened(cookie=key(client)) for client in (laptop, phone)]
    stays = await opened(token=token)
    await in_thread(lambda: signed_in.end_others(user=ada, keep=family))
    assert [await closed(socket) for socket in sockets] == [4401, 4401]
    assert await stays.receive_nothing(0.2)
    await in_thread(lambda: signed_in.end_others(user=ada, keep=None))
    assert await closed(stays) == 4401


async def test_a_socket_that_missed_its_end_finds_out(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis was away when it was ended."""
    monkeypatch.setattr("atlas.live.consumer.LiveConsumer.check_every", 0.2)
    monkeypatch.setattr("accounts.signed_in.close_sockets", lambda *_, **__: None)
    monkeypatch.setattr("accounts.sign_in.close_sockets", lambda *_, **__: None)
    laptop = await in_thread(browser, ada)
    token = (await in_thread(api, ada))["Authorization"].split()[1]
    sockets = [await opened(cookie=key(laptop)), await opened(token=token)]
    assert await sockets[0].receive_nothing(0.5)  # looked at again, and still good
    for each in await in_thread(lambda: signed_in.sign_ins(user=ada)):
        await in_thread(signed_in.end, user=ada, sign_in_id=each.id)
    assert [await closed(socket) for socket in sockets] == [4401, 4401]


async def test_staff_who_must_enrol_watch_nothing(settings: Any) -> None:
    nora = await in_thread(lambda: UserFactory.create(role=Role.ADMIN))
    token = (await in_thread(api, nora))["Authorization"].split()[1]
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    socket = WebsocketCommunicator(application, "/ws/inbox/")
    assert (await socket.connect())[0]
    await socket.send_json_to({"type": "authenticate", "token": token})
    assert await closed(socket) == 4403
