"""Whatever a person entered, in whatever script: it is found before, and not after."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.privacy import closing
from accounts.privacy.subjects import find_subject
from accounts.privacy.verifying import left_by_declaration, verify
from accounts.tables import User
from atlas.dynamo.table import Table
from bookings import services
from bookings.rules.types import CancellationCode
from bookings.tables import Booking, BookingHistory, Quote
from tests.bookings.stage import Cast, make_cast, quoted, requested

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox")]

LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
NAMES = st.text(LETTERS, min_size=1, max_size=60).filter(str.strip)
NOTES = st.text(LETTERS, max_size=200)
PHONES = st.from_regex(r"\+1212[2-9][0-9]{6}", fullmatch=True)
WHERE: list[type[Table]] = [Booking, BookingHistory, Quote, User]


def enter(cast: Cast, name: str, phone: str, notes: str) -> tuple[User, Booking]:
    person = User.fetch(cast.concierge.id)
    person.name, person.phone = name.strip(), phone
    person.save()
    booking = requested(
        cast, passenger_name=name[:120], pickup_location=f"c/o {name}", preferences={"special_instructions": notes}
    )
    quoted(cast, booking, notes=f"{notes} {phone} {notes}")
    services.cancel(
        user=person, booking_id=booking.id, code=CancellationCode.OTHER, reason=f"{notes} {name.strip()} {notes}"
    )
    return person, booking


@pytest.mark.timeout(300)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, phone=PHONES, notes=NOTES)
def test_it_is_found_before_and_not_after(name: str, phone: str, notes: str) -> None:
    person, booking = enter(make_cast(), name, phone, notes)
    subject = find_subject(person.id)
    places = {each.place for each in verify(subject, only=WHERE) if not each.elsewhere}
    assert {"users", "bookings", "booking-history", "quotes"} <= places
    by_value = {(each.place, each.kind) for each in verify(subject, only=WHERE) if each.kind != "declared"}
    assert {("users", "name"), ("users", "phone"), ("users", "email"), ("quotes", "phone")} <= by_value
    closing.erase_user(actor=None, user_id=person.id, reason="By letter")
    assert list(left_by_declaration(find_subject(person.id))) == []
    assert [each for each in verify(find_subject(person.id), only=WHERE) if not each.elsewhere] == []
    left = str([Booking.fetch(booking.id).serialize(), *(row.serialize() for row in BookingHistory.query(booking.id))])
    assert phone not in left
    assert len(notes.strip()) < 4 or notes.strip() not in left
