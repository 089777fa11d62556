"""For every operation of the API one request that somebody may make, on a target in the state it needs.

`CALLS["POST /bookings/{booking_id}/assign"](cast)` sells a booking and gives the ids and the body of its assignment.
The permission matrix, the budgets, the examples and the outage test all make these requests.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from django.conf import settings

from accounts import examples as accounts_examples
from accounts import password_reset, sign_in, tokens
from accounts.second_factor import challenge
from accounts.second_factor import services as second_factor
from accounts.tables import User
from atlas.local.square.webhooks import sign
from atlas.origin import Origin
from bookings import calendar, services
from bookings import examples as bookings_examples
from bookings.rules.lifecycle import BookingStatus
from fleet import examples as fleet_examples
from fleet.factories import DriverFactory, OperatorFactory, VehicleFactory
from fleet.rules.types import OperatorStatus
from payments import examples as payments_examples
from payments.api import SIGNATURE
from payments.cards.consent import VERSION
from payments.cards.saving import save_card
from telemetry import examples as telemetry_examples
from telemetry.devices.services import add_device
from telemetry.services import give_vin
from tests.asking import Call, Prepare, of_account
from tests.authenticator import current_code, enrolled
from tests.bookings.archived import archived
from tests.bookings.far_ahead import sold_far
from tests.bookings.stage import Cast, accepted, assigned, driven, invoiced, quoted, requested
from tests.calls_organizations import ORGANIZATION_CALLS, of_tracked
from tests.calls_watching import WATCHING_CALLS
from tests.clients import access_token
from tests.factories import PASSWORD, UserFactory, make_job
from tests.telemetry.numbers import new_vin
from tests.telemetry.stage import archived_trip


def own(who: str, body: Any = None) -> Prepare:
    """A request about oneself, or about nothing in particular."""
    return lambda cast: Call(who, body=body)


def of_booking(who: str, prepare: Callable[[Cast], Any], body: Any = None) -> Prepare:
    return lambda cast: Call(who, {"booking_id": prepare(cast).id}, body)


def live(cast: Cast) -> Any:
    return driven(cast, BookingStatus.DRIVER_EN_ROUTE)


def paid(cast: Cast) -> Any:
    return driven(cast, BookingStatus.COMPLETED)


def asked(cast: Cast) -> Any:
    """Its extras are to be approved."""
    return services.state_price(user=cast.owner, booking_id=paid(cast).id, price=26_000, reason="Waited at the hotel")


def of_transaction(who: str, prepare: Callable[[Cast], Any], body: Any = None) -> Prepare:
    return lambda cast: Call(who, {"transaction_id": prepare(cast).transaction_id}, body)


def register(cast: Cast) -> Call:
    return Call("concierge", body={**accounts_examples.REGISTRATION.value, "email": f"{uuid4().hex}@example.com"})


def login(cast: Cast) -> Call:
    return Call("concierge", body={"email": UserFactory.create().email, "password": PASSWORD})


def refresh(cast: Cast) -> Call:
    signed_in = sign_in.sign_in(email=UserFactory.create().email, password=PASSWORD, origin=Origin("127.0.0.1", ""))
    return Call("concierge", body={"refreshToken": signed_in.refresh_token})


def second_step(cast: Cast) -> Call:
    app = enrolled(UserFactory.create())
    return Call("concierge", body={"challenge": challenge.issue(app.user), "code": app.code()})


def confirm_factor(cast: Cast) -> Call:
    second_factor.reset(actor=None, user_id=cast.concierge.id)
    setup = second_factor.begin(user=cast.concierge, password=PASSWORD, origin=Origin("127.0.0.1", ""))
    cast.concierge.refresh(consistent_read=True)
    return Call("concierge", body={"code": current_code(setup.secret)})


def with_a_factor(cast: Cast) -> Call:
    second_factor.reset(actor=None, user_id=cast.concierge.id)
    return Call("concierge", body={"password": PASSWORD, "code": enrolled(cast.concierge).code()})


def of_session(cast: Cast) -> Call:
    token = tokens.read(access_token(cast.concierge), tokens.ACCESS)
    return Call("concierge", {"session_id": token.family_id})


def reset_password(cast: Cast) -> Call:
    address = urlsplit(password_reset.address_of(UserFactory.create()))
    (token,) = parse_qs(address.query)["token"]
    return Call("concierge", body={**accounts_examples.PASSWORD_RESET_CONFIRM.value, "token": token})


def change_email(cast: Cast) -> Call:
    return Call("concierge", body={"email": f"{uuid4().hex}@example.com", "password": PASSWORD})


def quote(cast: Cast) -> Call:
    body = {**bookings_examples.QUOTE.value, "vehicleId": cast.sedan.id}
    return Call("owner", {"booking_id": requested(cast).id}, body)


def of_quote(who: str, body: Any = None) -> Prepare:
    return lambda cast: Call(who, {"quote_id": quoted(cast, requested(cast)).id}, body)


def assign(cast: Cast) -> Call:
    body = {"driverId": cast.driver.id, "vehicleId": cast.sedan.id}
    return Call("owner", {"booking_id": accepted(cast).id}, body)


def of_operator(status: OperatorStatus) -> Prepare:
    return lambda cast: Call("admin", {"operator_id": OperatorFactory.create(status=status).id})


def of_vehicle(body: Any = None) -> Prepare:
    return lambda cast: Call("owner", {"vehicle_id": VehicleFactory.create(operator=cast.operator).id}, body)


def vin(cast: Cast) -> Call:
    vehicle = VehicleFactory.create(operator=cast.operator)
    return Call("owner", {"vehicle_id": vehicle.id}, {"vin": new_vin()})


def pseudo_vin(cast: Cast) -> Call:
    vehicle = give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=new_vin())
    return Call("admin", body={**telemetry_examples.RESOLVE.value, "pvin": vehicle.pvin})


def new_device(cast: Cast) -> Call:
    return Call("owner", body={**telemetry_examples.DEVICE.value, "vin": new_vin()})


def of_device(cast: Cast) -> Call:
    return Call("owner", {"device_id": add_device(user=cast.owner, vin=new_vin(), name="Tracker").device.id})


def of_trip(**query: str) -> Prepare:
    """Of a drive of six minutes, archived."""

    def prepare(cast: Cast) -> Call:
        device = add_device(user=cast.owner, vin=new_vin(), name="Tracker").device
        return Call("owner", {"trip_id": archived_trip(device).trip_id}, query=query)

    return prepare


def positions(cast: Cast) -> Call:
    token = add_device(user=cast.owner, vin=new_vin(), name="Tracker").token
    return Call("owner", body=telemetry_examples.POSITIONS.value, token=token)


def tesla_records(cast: Cast) -> Call:
    token = add_device(user=cast.owner, vin=new_vin(), name="Tracker").token
    return Call("owner", body=telemetry_examples.TESLA.value, token=token)


def of_driver(body: Any = None) -> Prepare:
    return lambda cast: Call("owner", {"driver_id": DriverFactory.create(operator=cast.operator).id}, body)


def add_driver(cast: Cast) -> Call:
    return Call("owner", body={**fleet_examples.DRIVER.value, "email": f"{uuid4().hex}@example.com"})


def of_job(who: str) -> Prepare:
    return lambda cast: Call(who, {"job_id": make_job(cast.concierge).id})


def transactions(cast: Cast) -> Call:
    return Call("concierge", query={"booking": accepted(cast).id})


def of_card(cast: Cast) -> Call:
    card = save_card(payer_id=cast.concierge.id, source_id="cnon:card-nonce-ok", consent=VERSION)
    return Call("concierge", {"card_id": card.id})


def calendar_feed(cast: Cast) -> Call:
    requested(cast)
    query = parse_qs(urlsplit(calendar.feed_url(cast.concierge)).query)
    return Call("concierge", query={"token": query["token"][0]})


def webhook(cast: Cast) -> Call:
    """Of a payment that is not ours: kept, and of no consequence."""
    body = {**payments_examples.WEBHOOK.value, "event_id": str(uuid4())}
    signature = sign(body=json.dumps(body).encode(), url=settings.SQUARE_WEBHOOK_URL, key=settings.SQUARE_WEBHOOK_KEY)
    return Call("concierge", body=body, headers={SIGNATURE: signature})


CALLS: dict[str, Prepare] = {
    "POST /auth/register": register,
    "POST /auth/login": login,
    "POST /auth/second-factor": second_step,
    "POST /auth/refresh": refresh,
    "POST /auth/logout": own("concierge"),
    "POST /auth/change-password": own(
        "concierge", {**accounts_examples.PASSWORD_CHANGE.value, "currentPassword": PASSWORD}
    ),
    "POST /auth/password-reset": own("concierge", accounts_examples.PASSWORD_RESET.value),
    "POST /auth/password-reset/confirm": reset_password,
    "GET /me": own("concierge"),
    "PATCH /me": own("concierge", accounts_examples.PROFILE.value),
    "DELETE /me": own("concierge", {"password": PASSWORD}),
    "POST /me/email": change_email,
    "GET /me/second-factor": own("concierge"),
    "POST /me/second-factor": own("concierge", {"password": PASSWORD}),
    "POST /me/second-factor/confirm": confirm_factor,
    "POST /me/second-factor/recovery-codes": with_a_factor,
    "DELETE /me/second-factor": with_a_factor,
    "GET /me/sessions": own("concierge"),
    "DELETE /me/sessions/{session_id}": of_session,
    "POST /me/sessions/revoke-others": own("concierge"),
    "GET /me/access-log": own("concierge"),
    "GET /access-log": lambda cast: Call("admin", query={"subject": cast.concierge.id}),
    "GET /me/export": own("concierge"),
    "POST /me/export": own("concierge"),
    "GET /jobs/{job_id}": of_job("concierge"),
    "POST /jobs/{job_id}/cancel": of_job("concierge"),
    "GET /me/calendar": own("concierge"),
    "GET /calendar.ics": calendar_feed,
    "POST /pricing/estimate": own("concierge", bookings_examples.ESTIMATE.value),
    "GET /bookings": own("concierge"),
    "POST /bookings": own("concierge", bookings_examples.REQUEST.value),
    "GET /bookings/open": own("owner"),
    "GET /bookings/{booking_id}": of_booking("concierge", assigned),
    "GET /bookings/{booking_id}/history": of_booking("concierge", assigned),
    "GET /bookings/{booking_id}/quotes": of_booking("concierge", assigned),
    "POST /bookings/{booking_id}/quotes": quote,
    "GET /bookings/{booking_id}/final-price": of_booking("owner", paid),
    "POST /bookings/{booking_id}/final-price": of_booking("owner", paid, bookings_examples.FINAL_PRICE.value),
    "POST /bookings/{booking_id}/final-price/announce": of_booking("owner", live),
    "POST /bookings/{booking_id}/extras/approve": of_booking("concierge", asked, bookings_examples.PAY_EXTRAS.value),
    "POST /bookings/{booking_id}/extras/refuse": of_booking("concierge", asked, bookings_examples.REFUSE_EXTRAS.value),
    "POST /bookings/{booking_id}/tip": of_booking("concierge", paid, bookings_examples.TIP.value),
    "POST /bookings/{booking_id}/cancel": of_booking("concierge", assigned, bookings_examples.CANCEL.value),
    "POST /bookings/{booking_id}/assign": assign,
    "POST /bookings/{booking_id}/card": of_booking("concierge", sold_far, bookings_examples.CARD.value),
    "POST /bookings/{booking_id}/status": of_booking("chauffeur", assigned, bookings_examples.STATUS.value),
    "GET /bookings/{booking_id}/track": of_booking("concierge", live),
    "GET /bookings/{booking_id}/receipt": of_booking("concierge", paid),
    "GET /bookings/{booking_id}/archive": of_booking("concierge", archived),
    "POST /bookings/{booking_id}/archive/restore": of_booking("concierge", archived),
    "GET /bookings/{booking_id}/invoice": of_booking("concierge", invoiced),
    "POST /quotes/{quote_id}/accept": of_quote("concierge", bookings_examples.ACCEPT.value),
    "POST /quotes/{quote_id}/withdraw": of_quote("owner"),
    "GET /drivers/me/jobs": own("chauffeur"),
    "GET /operators": own("admin"),
    "POST /operators/{operator_id}/approve": of_operator(OperatorStatus.SUSPENDED),
    "POST /operators/{operator_id}/suspend": of_operator(OperatorStatus.ACTIVE),
    "GET /operators/me": own("owner"),
    "PATCH /operators/me": own("owner", fleet_examples.OPERATOR.value),
    "GET /operators/me/pricing-rules": own("owner"),
    "PUT /operators/me/pricing-rules": own("owner", fleet_examples.PRICING_RULES.value),
    "GET /vehicles": own("owner"),
    "POST /vehicles": own("owner", fleet_examples.VEHICLE.value),
    "GET /vehicles/{vehicle_id}": of_vehicle(),
    "PATCH /vehicles/{vehicle_id}": of_vehicle(fleet_examples.VEHICLE_CHANGE.value),
    "DELETE /vehicles/{vehicle_id}": of_vehicle(),
    "PUT /vehicles/{vehicle_id}/vin": vin,
    "POST /vin-mapping/resolve": pseudo_vin,
    "POST /fleet/devices": new_device,
    "DELETE /fleet/devices/{device_id}": of_device,
    "POST /telemetry/positions": positions,
    "POST /telemetry/tesla": tesla_records,
    "GET /fleet/state": own("owner"),
    "GET /fleet/trips": own("owner"),
    "GET /fleet/trips/{trip_id}": of_trip(),
    "GET /fleet/trips/{trip_id}/breadcrumbs": of_trip(),
    "GET /fleet/trips/{trip_id}/export": of_trip(format="gpx"),
    "GET /fleet/heat": lambda cast: Call("owner", query={"date": "2026-06-01"}),
    "GET /fleet/vehicles/{pvin}/state": of_tracked,
    "POST /fleet/vehicles/{pvin}/hand-over": of_tracked,
    **ORGANIZATION_CALLS,
    **WATCHING_CALLS,
    "GET /drivers": own("owner"),
    "POST /drivers": add_driver,
    "GET /drivers/{driver_id}": of_driver(),
    "PATCH /drivers/{driver_id}": of_driver(fleet_examples.DRIVER_CHANGE.value),
    "DELETE /drivers/{driver_id}": of_driver(),
    "GET /drivers/me": own("chauffeur"),
    "POST /drivers/me/status": own("chauffeur", fleet_examples.STATUS.value),
    "GET /operators/me/balance": own("owner"),
    "GET /operators/me/statements": own("owner"),
    "POST /operators/me/statements": own("owner", payments_examples.STATEMENT.value),
    "GET /operators/me/payouts": own("owner"),
    "GET /me/billing": of_account,
    "PUT /me/billing": own("concierge", payments_examples.BILLING.value),
    "GET /me/invoices": own("concierge"),
    "GET /me/cards": own("concierge"),
    "POST /me/cards": own("concierge", payments_examples.CARD.value),
    "GET /me/cards/consent": own("concierge"),
    "DELETE /me/cards/{card_id}": of_card,
    "GET /transactions": transactions,
    "GET /transactions/{transaction_id}": of_transaction("concierge", accepted),
    "POST /transactions/{transaction_id}/capture": of_transaction("owner", accepted, payments_examples.CAPTURE.value),
    "POST /transactions/{transaction_id}/refund": of_transaction("admin", paid, payments_examples.REFUND.value),
    "POST /webhooks/square": webhook,
}


def user_of(cast: Cast, call: Call) -> User:
    return cast.user(call.who)
