"""Every operation of the OpenAPI document, asked with what schemathesis makes of it: right, and wrong in every way.

In process, as somebody of every role, on ids that are there as well as on made-up ones. Never a 500; every answer is
as documented (status, content type, headers, body); what the document forbids is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from schemathesis import Case
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from atlas.api.fields import Id
from atlas.local.square.testing import SandboxServer
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Quote
from tests.bookings.stage import Cast, accepted, assigned, driven, make_cast, quoted, requested
from tests.clients import access_token
from tests.factories import PASSWORD
from tests.sandbox import TIMEOUT_SECONDS

pytestmark = pytest.mark.slow

EXAMPLES = 6
"""Random ones of each operation, beside those that go through each rule of its schema."""
ROLES = ("concierge", "owner", "chauffeur", "admin")
TOO_MUCH: list[Any] = [positive_data_acceptance]
"""A date that has passed, a cursor of nobody's: no schema can say all that is wrong with a request."""

schema = from_wsgi("/api/schema/", get_wsgi_application())
Ids = Mapping[str, list[str]]


@pytest.fixture(scope="module", autouse=True)
def unlimited(square_process: SandboxServer) -> Iterator[None]:
    """Nobody is throttled: behind a 429 nothing is tested."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    with override_settings(
        REST_FRAMEWORK={**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates},
        LOCKOUT_FAILURES=10**6,
        SQUARE_BASE_URL=square_process.base_url,
        SQUARE_ACCESS_TOKEN=square_process.access_token,
        SQUARE_TIMEOUT_SECONDS=TIMEOUT_SECONDS,
    ):
        yield


@pytest.fixture(scope="module")
def cast(unlimited: None) -> Cast:
    return make_cast(PASSWORD)


@pytest.fixture(scope="module")
def ids(cast: Cast) -> Ids:
    """What there is to find, of each kind, in every state that a request may meet."""
    paid, live = driven(cast, BookingStatus.COMPLETED), driven(cast, BookingStatus.ARRIVED, hours_ahead=96)
    open_, sold, promised = requested(cast), accepted(cast, hours_ahead=120), assigned(cast, hours_ahead=144)
    bookings = [paid, live, open_, sold, promised]
    return {
        "booking": [booking.id for booking in bookings],
        "quote": [quoted(cast, open_).id, *(quote.id for quote in Quote.booking_index.query(sold.id))],
        "transaction": [str(booking.transaction_id) for booking in (paid, live, sold)],
        "operator": [cast.operator.id],
        "vehicle": [cast.sedan.id, cast.suv.id, cast.rivals_car.id],
        "driver": [cast.driver.id],
    }


@schema.parametrize()
@hypothesis_settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_surprises(case: "Case[Any]", cast: Cast, ids: Ids) -> None:
    drawn = crc32(repr((case.path_parameters, case.query, case.body)).encode())
    who = ROLES[drawn % len(ROLES)]
    if drawn // len(ROLES) % 2:
        point_at_something(case.path_parameters, ids, drawn)
        point_at_something(case.body, ids, drawn)
    case.call_and_validate(
        headers={"Authorization": f"Bearer {access_token(cast.user(who))}"}, excluded_checks=TOO_MUCH
    )


def point_at_something(values: Any, ids: Ids, drawn: int) -> None:
    """Ids made up by the schema (`booking_id`, `vehicleId`) give way to some that are there; wrong ones stay."""
    for name, value in values.items() if isinstance(values, dict) else ():
        known = ids.get(name.removesuffix("_id").removesuffix("Id"))
        if known and isinstance(value, str) and is_uuid(value):
            values[name] = known[drawn // 8 % len(known)]


def is_uuid(text: str) -> bool:
    try:
        Id().run_validation(text)
    except Exception:
        return False
    return True
