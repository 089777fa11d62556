"""Who may do what: every operation of the API, asked for by everybody.

A row is an operation on a target in the state that it needs (`tests/calls.py`); a cell is the status that this person
gets for a request that is otherwise right. A route without a row fails the test, and so does a method that the
document does not know.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.tables import User
from fleet.factories import DriverFactory
from tests.asking import Call, Prepare
from tests.bookings.stage import Cast, make_cast, requested
from tests.calls import CALLS, of_booking, own, quote
from tests.clients import client_of
from tests.factories import PASSWORD
from tests.test_openapi import operations

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox", "objects")]

PEOPLE = {
    "anon": "nobody is signed in",
    "conc": "concierge",  # of this booking; so are owner, mngr, chauf
    "other": "other_concierge",
    "owner": "owner",
    "mngr": "manager",  # of the same company as the owner
    "rival": "rival",  # runs another company
    "susp": "suspended",  # runs a company that is not approved
    "chauf": "chauffeur",
    "coll": "colleague",  # another driver of the owner's
    "admin": "admin",
}
MATRIX = """
                                               anon  conc other owner  mngr rival  susp chauf  coll admin
POST   /auth/register                           201   201   201   201   201   201   201   201   201   201
POST   /auth/login                              200   200   200   200   200   200   200   200   200   200
POST   /auth/second-factor                      200   200   200   200   200   200   200   200   200   200
POST   /auth/refresh                            200   200   200   200   200   200   200   200   200   200
POST   /auth/logout                             401   204   204   204   204   204   204   204   204   204
POST   /auth/change-password                    401   204   204   204   204   204   204   204   204   204
POST   /auth/password-reset                     204   204   204   204   204   204   204   204   204   204
POST   /auth/password-reset/confirm             204   204   204   204   204   204   204   204   204   204
GET    /me                                      401   200   200   200   200   200   200   200   200   200
PATCH  /me                                      401   200   200   200   200   200   200   200   200   200
DELETE /me                                      401   204   204   204   204   204   204   204   204   204
POST   /me/email                                401   200   200   200   200   200   200   200   200   200
GET    /me/second-factor                        401   200   200   200   200   200   200   200   200   200
POST   /me/second-factor                        401   201   201   201   201   201   201   201   201   201
POST   /me/second-factor/confirm                401   200   409   409   409   409   409   409   409   409
POST   /me/second-factor/recovery-codes         401   200   409   409   409   409   409   409   409   409
DELETE /me/second-factor                        401   204   409   409   409   409   409   409   409   409
GET    /me/sessions                             401   200   200   200   200   200   200   200   200   200
DELETE /me/sessions/{session_id}                401   204   404   404   404   404   404   404   404   404
POST   /me/sessions/revoke-others               401   204   204   204   204   204   204   204   204   204
GET    /me/access-log                           401   200   200   200   200   200   200   200   200   200
GET    /access-log                              401   403   403   403   403   403   403   403   403   200
GET    /me/export                               401   200   200   200   200   200   200   200   200   200
POST   /me/export                               401   202   202   202   202   202   202   202   202   202
GET    /jobs/{job_id}                           401   200   404   404   404   404   404   404   404   200
POST   /jobs/{job_id}/cancel                    401   200   404   404   404   404   404   404   404   200
GET    /me/calendar                             401   200   200   200   200   200   200   200   200   200
GET    /calendar.ics                            200   200   200   200   200   200   200   200   200   200
POST   /pricing/estimate                        401   200   200   200   200   200   200   200   200   200
GET    /bookings                                401   200   200   200   200   200   200   200   200   200
POST   /bookings                                401   201   201   403   403   403   403   403   403   201
GET    /bookings/open                           401   403   403   200   200   200   403   403   403   200
GET    /bookings/{booking_id}                   401   200   404   200   200   404   404   200   404   200
GET    /bookings/{booking_id} (open)            401   200   404   200   200   200   404   404   404   200
GET    /bookings/{booking_id}/history           401   200   404   200   200   404   404   200   404   200
GET    /bookings/{booking_id}/quotes            401   200   404   200   200   404   404   403   404   200
GET    /bookings/{booking_id}/quotes (open)     401   200   404   200   200   200   404   404   404   200
POST   /bookings/{booking_id}/quotes            401   403   403   201   201   400   403   403   403   403
POST   /bookings/{booking_id}/quotes (rival)    401   403   403   400   400   201   403   403   403   403
POST   /bookings/{booking_id}/cancel            401   200   404   200   200   404   404   403   404   200
POST   /bookings/{booking_id}/assign            401   403   404   200   200   404   404   404   404   200
POST   /bookings/{booking_id}/status            401   403   404   403   403   404   404   200   404   200
GET    /bookings/{booking_id}/final-price       401   403   404   200   200   404   404   403   404   200
POST   /bookings/{booking_id}/final-price       401   403   404   200   200   404   404   403   404   403
POST   /bookings/{booking_id}/final-price/announce  401   403   404   200   200   404   404   403   404   403
POST   /bookings/{booking_id}/extras/approve    401   200   404   403   403   404   404   403   404   403
POST   /bookings/{booking_id}/extras/refuse     401   200   404   403   403   404   404   403   404   403
POST   /bookings/{booking_id}/tip               401   200   404   403   403   404   404   403   404   403
GET    /bookings/{booking_id}/track             401   200   404   200   200   404   404   200   404   200
GET    /bookings/{booking_id}/receipt           401   200   404   200   200   404   404   200   404   200
GET    /bookings/{booking_id}/archive           401   200   404   200   200   404   404   200   404   200
POST   /bookings/{booking_id}/archive/restore   401   202   404   202   202   404   404   202   404   202
POST   /bookings/{booking_id}/card              401   200   404   403   403   404   404   404   404   403
POST   /quotes/{quote_id}/accept                401   200   404   403   403   404   404   404   404   403
POST   /quotes/{quote_id}/withdraw              401   403   404   200   200   404   404   404   404   403
GET    /drivers/me/jobs                         401   403   403   403   403   403   403   200   200   403
GET    /operators                               401   403   403   403   403   403   403   403   403   200
POST   /operators/{operator_id}/approve         401   403   403   403   403   403   403   403   403   200
POST   /operators/{operator_id}/suspend         401   403   403   403   403   403   403   403   403   200
GET    /operators/me                            401   403   403   200   200   200   200   403   403   403
PATCH  /operators/me                            401   403   403   200   200   200   200   403   403   403
GET    /operators/me/pricing-rules              401   403   403   200   200   200   200   403   403   403
PUT    /operators/me/pricing-rules              401   403   403   200   200   200   200   403   403   403
GET    /vehicles                                401   403   403   200   200   200   200   403   403   403
POST   /vehicles                                401   403   403   201   201   201   201   403   403   403
GET    /vehicles/{vehicle_id}                   401   403   403   200   200   404   404   403   403   403
PATCH  /vehicles/{vehicle_id}                   401   403   403   200   200   404   404   403   403   403
DELETE /vehicles/{vehicle_id}                   401   403   403   204   204   404   404   403   403   403
PUT    /vehicles/{vehicle_id}/vin               401   403   403   200   200   404   404   403   403   403
POST   /vin-mapping/resolve                     401   403   403   403   403   403   403   403   403   200
POST   /fleet/devices                           401   403   403   201   201   201   201   403   403   403
DELETE /fleet/devices/{device_id}               401   403   403   204   204   404   404   403   403   403
GET    /fleet/state                             401   403   403   200   200   200   200   200   200   403
GET    /fleet/vehicles/{pvin}/state             401   403   403   200   200   404   404   404   404   403
GET    /fleet/trips                             401   403   403   200   200   200   200   403   403   403
GET    /fleet/trips/{trip_id}                   401   403   403   200   200   404   404   404   404   403
GET    /fleet/trips/{trip_id}/breadcrumbs       401   403   403   200   200   404   404   404   404   403
GET    /fleet/trips/{trip_id}/export            401   403   403   200   200   404   404   404   404   403
GET    /fleet/heat                              401   403   403   200   200   200   200   403   403   403
POST   /telemetry/positions                     200   200   200   200   200   200   200   200   200   200
POST   /telemetry/tesla                         200   200   200   200   200   200   200   200   200   200
GET    /organizations                           401   200   200   200   200   200   200   200   200   200
GET    /organizations/{organization_id}         401   404   404   200   200   404   404   200   200   404
PATCH  /organizations/{organization_id}         401   404   404   200   403   404   404   403   403   404
GET    /organizations/{organization_id}/members  401   404   404   200   200   404   404   403   403   404
PATCH  /organizations/{organization_id}/members/{user_id} 401   404   404   200   403   404   404   403   403   404
DELETE /organizations/{organization_id}/members/{user_id} 401   404   404   204   403   404   404   403   403   404
POST   /organizations/{organization_id}/transfer 401   404   404   204   403   404   404   403   403   404
GET    /organizations/{organization_id}/invitations 401   404   404   200   200   404   404   403   403   404
POST   /organizations/{organization_id}/invitations 401   404   404   201   403   404   404   403   403   404
DELETE /organizations/{organization_id}/invitations/{invitation_id} 401   404   404   204   403   404   404   403   403   404
POST   /organizations/{organization_id}/invitations/{invitation_id}/resend 401   404   404   200   403   404   404   403   403   404
POST   /organizations/{organization_id}/choose 401   404   404   200   200   404   404   200   200   404
GET    /organizations/{organization_id}/vehicles 401   404   404   200   200   404   404   403   403   404
GET    /organizations/{organization_id}/assignments 401   404   404   200   200   404   404   403   403   404
POST   /organizations/{organization_id}/assignments 401   404   404   201   403   404   404   403   403   404
DELETE /organizations/{organization_id}/assignments/{assignment_id} 401   404   404   204   403   404   404   403   403   404
GET    /fleet/reports                           401   403   403   200   200   200   200   403   403   403
POST   /fleet/reports                           401   403   403   202   202   202   202   403   403   403
GET    /fleet/reports/{report_id}               401   403   403   200   200   404   404   403   403   403
GET    /fleet/report-schedules                  401   403   403   200   200   200   200   403   403   403
POST   /fleet/report-schedules                  401   403   403   201   201   201   201   403   403   403
DELETE /fleet/report-schedules/{schedule_id}    401   403   403   204   204   404   404   403   403   403
GET    /fleet/dashcam                           401   403   403   200   200   200   200   403   403   403
POST   /fleet/dashcam/uploads                   401   403   403   201   201   404   404   404   404   403
GET    /fleet/dashcam/{clip_id}                 401   403   403   200   200   404   404   404   404   403
POST   /fleet/dashcam/{clip_id}/complete        401   403   403   202   403   404   404   403   403   403
GET    /fleet/commands                          401   200   200   200   200   200   200   200   200   200
POST   /fleet/vehicles/{pvin}/commands          401   403   403   202   202   404   404   404   404   403
GET    /fleet/vehicles/{pvin}/commands          401   403   403   200   200   404   404   200   200   403
GET    /fleet/vehicles/{pvin}/commands/{command_id} 401   404   404   200   404   404   404   404   404   404
GET    /fleet/tesla-account                     401   403   403   200   403   404   404   403   403   403
PUT    /fleet/tesla-account                     401   403   403   200   403   200   200   403   403   403
DELETE /fleet/tesla-account                     401   403   403   204   403   404   404   403   403   403
POST   /fleet/vehicles/{pvin}/hand-over        401   403   403   204   403   404   404   403   403   403
GET    /fleet/limits                            401   403   403   200   200   200   200   403   403   403
PATCH  /fleet/limits                            401   403   403   200   403   200   200   403   403   403
GET    /fleet/alerts                            401   403   403   200   200   200   200   403   403   403
GET    /fleet/alerts/{alert_id}                 401   403   403   200   200   404   404   403   403   403
POST   /fleet/alerts/{alert_id}/ack             401   403   403   200   200   404   404   403   403   403
POST   /fleet/alerts/{alert_id}/resolve         401   403   403   200   403   404   404   403   403   403
GET    /fleet/vehicles/{pvin}/events            401   403   403   200   200   200   200   403   403   403
GET    /fleet/geofences                         401   403   403   200   200   200   200   403   403   403
POST   /fleet/geofences                         401   403   403   201   403   201   201   403   403   403
POST   /fleet/geofences/import                  401   403   403   200   403   200   200   403   403   403
GET    /fleet/geofences/{geofence_id}           401   403   403   200   200   404   404   403   403   403
PATCH  /fleet/geofences/{geofence_id}           401   403   403   200   403   404   404   403   403   403
DELETE /fleet/geofences/{geofence_id}           401   403   403   204   403   404   404   403   403   403
GET    /fleet/geofences/{geofence_id}/vehicles  401   403   403   200   200   404   404   403   403   403
POST   /invitations/accept                      401   200   403   403   403   403   403   403   403   403
POST   /invitations/join                        201   201   201   201   201   201   201   201   201   201
GET    /drivers                                 401   403   403   200   200   200   200   403   403   403
POST   /drivers                                 401   403   403   201   201   201   201   403   403   403
GET    /drivers/{driver_id}                     401   403   403   200   200   404   404   403   403   403
PATCH  /drivers/{driver_id}                     401   403   403   200   200   404   404   403   403   403
DELETE /drivers/{driver_id}                     401   403   403   204   204   404   404   403   403   403
GET    /drivers/me                              401   403   403   403   403   403   403   200   200   403
POST   /drivers/me/status                       401   403   403   403   403   403   403   200   200   403
GET    /operators/me/balance                    401   403   403   200   200   200   200   403   403   403
GET    /operators/me/statements                 401   403   403   200   200   200   200   403   403   403
POST   /operators/me/statements                 401   403   403   202   202   202   202   403   403   403
GET    /operators/me/payouts                    401   403   403   200   200   200   200   403   403   403
GET    /bookings/{booking_id}/invoice           401   200   404   200   200   404   404   403   404   200
GET    /me/billing                              401   200   404   403   403   403   403   403   403   403
PUT    /me/billing                              401   200   200   403   403   403   403   403   403   403
GET    /me/invoices                             401   200   200   403   403   403   403   403   403   403
GET    /me/cards                                401   200   200   403   403   403   403   403   403   403
POST   /me/cards                                401   201   201   403   403   403   403   403   403   403
GET    /me/cards/consent                        401   200   200   403   403   403   403   403   403   403
DELETE /me/cards/{card_id}                      401   204   404   403   403   403   403   403   403   403
GET    /transactions (of a booking)             401   200   200   200   200   200   200   200   200   200
GET    /transactions (of a period)              401   403   403   403   403   403   403   403   403   200
GET    /transactions/{transaction_id}           401   200   404   200   200   404   404   404   404   200
POST   /transactions/{transaction_id}/capture   401   403   404   200   200   404   404   404   404   200
POST   /transactions/{transaction_id}/refund    401   403   404   403   403   404   404   404   404   200
POST   /webhooks/square                         200   200   200   200   200   200   200   200   200   200
"""  # noqa: E501 (a table)


def rivals_quote(cast: Cast) -> Call:
    call = quote(cast)
    return Call("rival", call.ids, {**call.body, "vehicleId": cast.rivals_car.id})


OTHER_CALLS: dict[str, Prepare] = {
    "GET /bookings/{booking_id} (open)": of_booking("owner", requested),
    "GET /bookings/{booking_id}/quotes (open)": of_booking("owner", requested),
    "POST /bookings/{booking_id}/quotes (rival)": rivals_quote,
    "GET /transactions (of a booking)": CALLS["GET /transactions"],
    "GET /transactions (of a period)": own("admin"),
}


def rows(matrix: str = MATRIX) -> dict[str, dict[str, int]]:
    """`"POST /bookings"` -> the status for each of `PEOPLE`."""
    head, *lines = matrix.strip().splitlines()
    people = head.split()
    found = {}
    for line in lines:
        words = line.split()
        name, cells = words[: -len(people)], words[-len(people) :]
        found[" ".join(name)] = dict(zip(people, map(int, cells), strict=True))
    return found


def operation_of(name: str) -> str:
    """A row's operation, without what it says of the target."""
    return name.partition(" (")[0]


@pytest.mark.parametrize(("name", "expected"), rows().items(), ids=list(rows()))
def test_everybody_gets_what_the_matrix_says(name: str, expected: dict[str, int]) -> None:
    """First those who are refused, all on one target: had one of them changed it, the others would not succeed."""
    stage = Stage(name)
    found = {who: stage.ask(who) for who, status in expected.items() if status >= 400}
    for who in [who for who in expected if who not in found]:
        found[who] = stage.ask(who)
        stage.renew()
    assert found == expected


class Stage:
    """People and a target for one row."""

    def __init__(self, name: str) -> None:
        self.operation = operation_of(name)
        self.prepare = OTHER_CALLS.get(name) or CALLS[name]
        self._begin()

    def _begin(self) -> None:
        self.cast = make_cast(PASSWORD)
        self.people = people_of(self.cast)
        self.call = self.prepare(self.cast)

    def ask(self, who: str) -> int:
        return self.call.send(client_of(self.people[who]), self.operation).status_code

    def renew(self) -> None:
        """Another target, where the one before may be used up; of a ride, with another driver and car too."""
        if self.operation.startswith("GET"):
            return
        if any(each in self.operation for each in ("{booking_id}", "{quote_id}", "{transaction_id}")):
            self._begin()
        else:
            self.call = self.prepare(self.cast)


def people_of(cast: Cast) -> dict[str, User | None]:
    colleague = DriverFactory.create(operator=cast.operator, password=PASSWORD)
    named: dict[str, User | None] = {who: getattr(cast, name, None) for who, name in PEOPLE.items()}
    return {**named, "coll": User.fetch(colleague.user_id)}


def test_no_route_is_missing() -> None:
    """Neither from this matrix nor from the OpenAPI document."""
    assert {operation_of(name) for name in rows()} == set(operations())
    assert set(routes()) == set(operations())


def routes() -> Iterator[str]:
    """`"POST /bookings"` for every method of every view under /api/v1/, from the URLconf itself."""
    api: Any = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/v1/")
    for path, view in _views(api, ""):
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(view, method):
                yield f"{method.upper()} /{path}"


def _views(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern).replace("<uuid:", "{").replace("<str:", "{").replace(">", "}")
        if isinstance(each, URLPattern):
            yield path, each.callback.view_class  # type: ignore[attr-defined]
        else:
            yield from _views(each, path)
