"""Who may see which page, who may do what on it, and who may watch which socket: asked by everybody.

The people are those of `tests/test_permissions.py`. A form is sent empty: 400 says that this person might have filled
it in, 302 that they are sent on (to sign in, or back to where it says what is wrong).
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts.tables import User
from atlas.asgi import application
from atlas.live.authentication import in_thread
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from tests.bookings.far_ahead import sold_far
from tests.bookings.stage import Cast, browser, driven, make_cast, quoted, requested
from tests.clients import access_token
from tests.factories import PASSWORD, make_job
from tests.test_permissions import PEOPLE, people_of, rows

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]

# Of a ride that is over; (open): of a request with a quote of the owner's; (far): of one that a card on file pays.
PAGES = rows("""
                                                                   anon  conc other owner  mngr rival  susp chauf  coll admin
GET  /                                                              302   302   302   302   302   302   302   302   302   302
GET  /bookings/                                                     302   200   200   200   200   200   200   200   200   200
GET  /bookings/open/                                                302   403   403   200   200   200   403   403   403   200
GET  /bookings/new/                                                 302   200   200   403   403   403   403   403   403   200
POST /bookings/new/                                                 302   400   400   403   403   403   403   403   403   400
GET  /bookings/{booking_id}/                                        302   200   404   200   200   404   404   200   404   200
POST /bookings/{booking_id}/quote/                                  302   403   403   400   400   404   403   403   403   403
GET  /bookings/{booking_id}/quotes/{quote_id}/accept/               302   302   404   403   403   404   404   403   404   403
POST /bookings/{booking_id}/quotes/{quote_id}/accept/               302   302   404   403   403   404   404   403   404   403
GET  /bookings/{booking_id}/quotes/{quote_id}/accept/state/         302   200   404   403   403   404   404   403   404   403
POST /bookings/{booking_id}/quotes/{quote_id}/withdraw/             302   403   404   302   302   404   404   403   404   403
POST /bookings/{booking_id}/assign/                                 302   403   404   400   400   404   404   403   404   403
POST /bookings/{booking_id}/status/                                 302   302   302   302   302   302   302   302   302   302
GET  /bookings/{booking_id}/cancel/                                 302   302   404   302   302   404   404   403   404   200
POST /bookings/{booking_id}/cancel/                                 302   302   404   302   302   404   404   403   404   400
GET  /bookings/{booking_id}/card/                                   302   302   404   403   403   404   404   403   404   403
POST /bookings/{booking_id}/card/                                   302   302   404   403   403   404   404   403   404   403
GET  /bookings/{booking_id}/card/state/                             302   200   404   403   403   404   404   403   404   403
GET  /bookings/{booking_id}/card/ (far)                             302   200   404   403   403   404   404   404   404   403
POST /bookings/{booking_id}/card/ (far)                             302   400   404   403   403   404   404   404   404   403
GET  /bookings/{booking_id}/card/state/ (far)                       302   200   404   403   403   404   404   404   404   403
GET  /bookings/{booking_id}/final-price/                            302   403   404   200   200   404   404   403   404   403
POST /bookings/{booking_id}/final-price/                            302   403   404   400   400   404   404   403   404   403
POST /bookings/{booking_id}/final-price/announce/                   302   403   404   302   302   404   404   403   404   403
GET  /bookings/{booking_id}/extras/                                 302   302   404   403   403   404   404   403   404   403
POST /bookings/{booking_id}/extras/                                 302   302   404   403   403   404   404   403   404   403
POST /bookings/{booking_id}/extras/refuse/                          302   302   302   302   302   302   302   302   302   302
GET  /bookings/{booking_id}/tip/                                    302   200   404   403   403   404   404   403   404   403
POST /bookings/{booking_id}/tip/                                    302   400   404   403   403   404   404   403   404   403
GET  /bookings/{booking_id}/charge/state/                           302   200   404   403   403   404   404   403   404   403
GET  /bookings/{booking_id}/receipt/                                302   200   404   200   200   404   404   200   404   200
GET  /bookings/{booking_id}/receipt.pdf                             302   200   404   200   200   404   404   200   404   200
GET  /bookings/{booking_id}/invoice/                                302   409   404   409   409   404   404   403   404   409
GET  /bookings/{booking_id}/invoice.pdf                             302   409   404   409   409   404   404   403   404   409
GET  /bookings/{booking_id}/credit-notes/<str:number>.pdf           302   409   404   409   409   404   404   403   404   409
GET  /invoices/                                                     302   200   200   403   403   403   403   403   403   403
POST /invoices/                                                     302   400   400   403   403   403   403   403   403   403
GET  /osmand/<str:token>/                                           401   401   401   401   401   401   401   401   401   401
POST /osmand/<str:token>/                                           401   401   401   401   401   401   401   401   401   401
GET  /receipts/<str:token>/                                         404   404   404   404   404   404   404   404   404   404
GET  /jobs/                                                         302   403   403   403   403   403   403   200   200   403
POST /jobs/duty/                                                    302   302   302   302   302   302   302   302   302   302
POST /bookings/new/estimate/                                        302   200   200   200   200   200   200   200   200   200
GET  /money/                                                        302   403   403   200   200   200   200   403   403   403
POST /money/statement/                                              302   302   302   302   302   302   302   302   302   302
GET  /sign-in/                                                      200   302   302   302   302   302   302   302   302   302
POST /sign-in/                                                      200   302   302   302   302   302   302   302   302   302
GET  /sign-in/code/                                                 302   302   302   302   302   302   302   302   302   302
POST /sign-in/code/                                                 302   302   302   302   302   302   302   302   302   302
GET  /password-reset/                                               200   200   200   200   200   200   200   200   200   200
POST /password-reset/                                               400   400   400   400   400   400   400   400   400   400
GET  /password-reset/confirm/                                       400   400   400   400   400   400   400   400   400   400
POST /password-reset/confirm/                                       400   400   400   400   400   400   400   400   400   400
POST /sign-out/                                                     302   302   302   302   302   302   302   302   302   302
GET  /account/cards/                                                302   200   200   403   403   403   403   403   403   403
POST /account/cards/                                                302   400   400   403   403   403   403   403   403   403
GET  /account/cards/state/                                          302   200   200   403   403   403   403   403   403   403
POST /account/cards/{card_id}/remove/                               302   404   404   403   403   403   403   403   403   403
GET  /account/                                                      302   200   200   200   200   200   200   200   200   200
POST /account/                                                      302   200   200   200   200   200   200   200   200   200
POST /account/password/                                             302   400   400   400   400   400   400   400   400   400
GET  /account/second-factor/                                        302   200   200   200   200   200   200   200   200   200
POST /account/second-factor/begin/                                  302   400   400   400   400   400   400   400   400   400
GET  /account/second-factor/setup/                                  302   302   302   302   302   302   302   302   302   302
POST /account/second-factor/setup/                                  302   302   302   302   302   302   302   302   302   302
POST /account/second-factor/recovery-codes/                         302   400   400   400   400   400   400   400   400   400
POST /account/second-factor/off/                                    302   400   400   400   400   400   400   400   400   400
GET  /account/sessions/                                             302   200   200   200   200   200   200   200   200   200
POST /account/sessions/others/                                      302   302   302   302   302   302   302   302   302   302
POST /account/sessions/{session_id}/end/                            302   302   302   302   302   302   302   302   302   302
GET  /account/access/                                               302   200   200   200   200   200   200   200   200   200
GET  /account/privacy/                                              302   200   200   200   200   200   200   200   200   200
POST /account/privacy/export/                                       302   302   302   302   302   302   302   302   302   302
POST /account/privacy/delete/                                       302   400   400   400   400   400   400   400   400   400
GET  /account/jobs/{job_id}/                                        302   200   404   404   404   404   404   404   404   200
POST /account/jobs/{job_id}/cancel/                                 302   302   404   404   404   404   404   404   404   302
GET  /account/jobs/{job_id}/file/                                   302   410   404   404   404   404   404   404   404   410
GET  /files/<str:token>/                                            404   404   404   404   404   404   404   404   404   404
GET  /clips/<str:token>/                                            404   404   404   404   404   404   404   404   404   404
GET  /fleet/                                                        302   403   403   200   200   200   200   200   200   403
GET  /fleet/vehicles/                                               302   403   403   200   200   200   200   200   200   403
GET  /fleet/vehicles/<str:pvin>/                                    302   403   403   404   404   404   404   404   404   403
POST /fleet/vehicles/<str:pvin>/command/                            302   302   302   302   302   302   302   302   302   302
GET  /organizations/                                                302   200   200   302   302   302   302   302   302   200
GET  /organizations/{organization_id}/                              302   404   404   200   200   404   404   200   200   404
GET  /organizations/{organization_id}/settings/                     302   404   404   200   403   404   404   403   403   404
POST /organizations/{organization_id}/settings/                     302   404   404   400   403   404   404   403   403   404
POST /organizations/{organization_id}/invite/                       302   404   404   400   403   404   404   403   403   404
POST /organizations/{organization_id}/invitations/{invitation_id}/resend/  302   404   404   404   403   404   404   403   403   404
POST /organizations/{organization_id}/invitations/{invitation_id}/revoke/  302   404   404   404   403   404   404   403   403   404
POST /organizations/{organization_id}/members/{user_id}/role/       302   404   404   404   403   404   404   403   403   404
POST /organizations/{organization_id}/members/{user_id}/remove/     302   404   404   404   403   404   404   403   403   404
POST /organizations/{organization_id}/transfer/                     302   404   404   404   403   404   404   403   403   404
POST /organizations/{organization_id}/leave/                        302   404   404   302   302   404   404   302   302   404
GET  /invitations/<str:token>/                                      404   404   404   404   404   404   404   404   404   404
GET  /bookings/{booking_id}/ (open)                                 302   200   404   200   200   200   404   404   404   200
POST /bookings/{booking_id}/quote/ (open)                           302   403   403   400   400   400   403   403   403   403
GET  /bookings/{booking_id}/quotes/{quote_id}/accept/ (open)        302   200   404   404   404   404   404   404   404   403
POST /bookings/{booking_id}/quotes/{quote_id}/accept/ (open)        302   400   404   404   404   404   404   404   404   403
GET  /bookings/{booking_id}/quotes/{quote_id}/accept/state/ (open)  302   200   404   404   404   404   404   404   404   403
POST /bookings/{booking_id}/quotes/{quote_id}/withdraw/ (open)      302   403   404   302   302   404   404   404   404   403
POST /bookings/{booking_id}/assign/ (open)                          302   403   404   400   400   400   404   404   404   403
POST /bookings/{booking_id}/status/ (open)                          302   302   302   302   302   302   302   302   302   302
GET  /bookings/{booking_id}/cancel/ (open)                          302   200   404   404   404   404   404   404   404   200
POST /bookings/{booking_id}/cancel/ (open)                          302   400   404   404   404   404   404   404   404   400
GET  /bookings/{booking_id}/receipt/ (open)                         302   409   404   404   404   404   404   404   404   409
GET  /bookings/{booking_id}/receipt.pdf (open)                      302   409   404   404   404   404   404   404   404   409
""")  # noqa: E501 (a table)
# 0: let in, and shown how things are.
SOCKETS = rows("""
                             anon  conc other owner  mngr rival  susp chauf  coll admin
WS /ws/bookings/{booking_id}/  4401     0  4403     0     0  4403  4403     0  4403     0
WS /ws/bookings/nobodys/       4401  4404  4404  4404  4404  4404  4404  4404  4404  4404
WS /ws/driver/                 4401  4403  4403  4403  4403  4403  4403     0     0  4403
WS /ws/fleet/                  4401  4403  4403     0     0     0     0     0     0  4403
WS /ws/inbox/                  4401     0     0     0     0     0     0     0     0     0
""")
NOBODYS = "00000000-0000-4000-8000-000000000000"


def ids_of(cast: Cast, *, note: str) -> dict[str, str]:
    job_id = make_job(cast.concierge).id
    of_organization = {"organization_id": str(cast.operator.organization_id), "user_id": NOBODYS}
    of_organization["invitation_id"] = of_organization["card_id"] = NOBODYS
    if note == "(open)":
        booking = requested(cast)
        quote_id = quoted(cast, booking).id
    else:
        booking = sold_far(cast) if note == "(far)" else driven(cast, BookingStatus.COMPLETED)
        quote_id = str(booking.selected_quote_id)
    return {"booking_id": booking.id, "quote_id": quote_id, "job_id": job_id, "session_id": NOBODYS, **of_organization}


@pytest.mark.parametrize(("name", "expected"), PAGES.items(), ids=list(PAGES))
def test_everybody_sees_what_the_matrix_says(name: str, expected: dict[str, int]) -> None:
    cast = make_cast(PASSWORD)
    method, path, *note = name.split()
    people = people_of(cast)
    ids = ids_of(cast, note="".join(note)) if "{" in path else {}
    found = {}
    for who in sorted(expected, key=lambda who: expected[who] < 400):  # who is refused asks first
        ask: Any = getattr(browser_of(people[who]), method.lower())
        answer = ask(path.format(**ids))
        found[who] = answer.status_code
        if "Cookie" in answer.get("Vary", ""):
            assert "no-store" in answer["Cache-Control"], "what was made for one person may be kept"
        else:
            assert answer.status_code != 200, "a page that knows nobody"
    assert found == expected


def browser_of(user: User | None) -> Client:
    return browser(user, raise_request_exception=False) if user else Client(raise_request_exception=False)


def test_no_page_is_missing() -> None:
    assert {name.split()[1] for name in PAGES} == set(pages())


def pages() -> Iterator[str]:
    yield from _pages(get_resolver(), "/")


def _pages(resolver: Any, prefix: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        path = prefix + re.sub(r"<uuid:(\w+)>", r"{\1}", str(each.pattern))
        if path.startswith(("/admin/", "/api/", "/healthz", "/readyz", "/metrics")):  # /admin/: tests/backoffice
            continue
        if isinstance(each, URLPattern):
            yield path
        else:
            yield from _pages(each, path)


@pytest.mark.parametrize(("name", "expected"), SOCKETS.items(), ids=list(SOCKETS))
async def test_everybody_watches_what_the_matrix_says(name: str, expected: dict[str, int]) -> None:
    cast = await in_thread(make_cast, PASSWORD)
    booking: Booking = await in_thread(driven, cast, BookingStatus.DRIVER_EN_ROUTE)
    people = await in_thread(people_of, cast)
    path = name.split()[1].format(booking_id=booking.id).replace("nobodys", NOBODYS)
    found = {who: await watch(path, people[who]) for who in PEOPLE}
    assert found == expected


async def watch(path: str, user: User | None) -> int:
    """0 when a snapshot comes, else the code that closed the socket."""
    socket = WebsocketCommunicator(application, path)
    assert (await socket.connect())[0]
    token = await in_thread(access_token, user) if user else "nobody's"
    await socket.send_json_to({"type": "authenticate", "token": token})
    while True:
        message = await socket.receive_output(5)
        if message["type"] == "websocket.close":
            return int(message["code"])
        if '"snapshot"' in (message.get("text") or ""):
            await socket.disconnect()
            return 0
