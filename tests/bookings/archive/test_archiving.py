"""Bookings of two years ago move into files, whole, once, and whatever interrupts it."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest
from django.test import override_settings

from atlas import objects
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import NotFound
from atlas.tables import Unique
from bookings import selectors, services
from bookings.archive import files, storing, walking
from bookings.archive.record import CLEAR, STAMPS, TABLES
from bookings.archive.restoring import Archived, look
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from bookings.services.forgetting import forget_passenger
from bookings.tables import Booking, BookingHistory, Notice, Quote
from bookings.tables.archive import ArchivedBooking, ArchiveFile, FileState
from payments.tables import PaymentTransaction
from tests.bookings.archive.conftest import WISHES, Ride, as_ride, make_cancelled, make_ride, walk, years_later
from tests.bookings.stage import Cast, requested

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """As SIGKILL: nothing of ours runs after it."""


def files_of(ride: Ride) -> list[ArchiveFile]:
    return list(ArchiveFile.query(ride.day.isoformat(), consistent_read=True))


def lines_of(file: ArchiveFile) -> list[dict[str, Any]]:
    with objects.open(file.object_key) as stream:
        return [json.loads(line) for line in gzip.decompress(stream.read()).splitlines()]


def test_after_two_years_it_is_in_a_file_and_its_rows_are_gone(cast: Cast) -> None:
    ride = make_ride(cast)
    history = len(list(BookingHistory.query(ride.id)))
    with years_later(ride.day, 2):
        assert walk(ride.day)["archived"] == 1
    row = ArchivedBooking.fetch(ride.id)
    assert (row.reference, row.status, row.concierge_id) == (ride.reference, BookingStatus.PAID, cast.concierge.id)
    assert Booking.find(ride.id) is None
    assert not [*BookingHistory.query(ride.id), *Quote.booking_index.query(ride.id), *Notice.query(ride.id)]
    (file,) = files_of(ride)
    assert (file.state, file.records) == (FileState.STORED, 1)
    assert file.key_secret is None
    head, line = lines_of(file)
    assert (head["form"], head["schema"].keys()) == (files.FORM, TABLES.keys())
    assert line["id"] == ride.id
    assert len(line["items"]["booking-history"]) == history
    assert len(line["items"]["quotes"]) == len(line["items"]["receipts"]) == 1
    (payment,) = line["items"]["transactions"]
    assert payment["amount"]["N"] == str(row.final_price)
    assert PaymentTransaction.find(str(ride.booking.transaction_id)) is not None


def test_its_path_says_what_is_in_it(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        walk(ride.day)
    (file,) = files_of(ride)
    assert file.object_key.startswith(f"archive/bookings/year={ride.day:%Y/month=%m/day=%d}/")
    with objects.open(file.manifest_key) as stream:
        manifest = json.loads(stream.read())
    assert (manifest["object"], manifest["records"], manifest["sha256"]) == (file.object_key, 1, file.sha256)


def test_a_day_before_two_years_nothing_happens(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2, days=-1):
        assert not walk(ride.day)["archived"]
    assert Booking.find(ride.id) is not None


def test_what_changed_lately_waits(cast: Cast) -> None:
    """What happened yesterday is not buried tonight, and goes when it has been quiet for 90 days."""
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        forget_passenger(user=cast.admin, booking_id=ride.id, reason="At their wish")
        assert walk(ride.day)["kept back"] == 1
    with years_later(ride.day, 2, days=91):
        assert walk(ride.day)["archived"] == 1


def test_what_is_not_over_stays_for_ever(cast: Cast) -> None:
    booking = requested(cast, hours_ahead=99)
    ride = Ride(booking.id, booking.reference, booking.pickup_at.date(), booking)
    with years_later(ride.day, 3):
        assert walk(ride.day)["kept back"] == 1
    assert Booking.find(booking.id) is not None


def test_a_dry_run_counts_and_changes_nothing(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        assert walk(ride.day, dry_run=True)["archived"] == 1
    assert Booking.find(ride.id) is not None
    assert not files_of(ride)


def test_in_the_file_stand_the_books_and_nobody(cast: Cast) -> None:
    """Who has the file and not the keys learns when, for how much and by what, and not who or where."""
    ride, cancelled = make_ride(cast), make_cancelled(cast)
    for each in (ride, cancelled):
        with years_later(each.day, 2):
            walk(each.day)
        (file,) = files_of(each)
        text = json.dumps(lines_of(file)[1:])
        for secret in ("Quarrington", "quinces", "BA117", "Grand Hotel", "Airport", "ill", cast.operator.company_name):
            assert secret not in text, secret
        assert each.reference in text


def test_every_attribute_that_is_named_clear_exists() -> None:
    """A name that was changed would silently seal what the books need."""
    for name, table in TABLES.items():
        known = {attribute.attr_name for attribute in table.get_attributes().values()} | STAMPS
        assert {each.partition(".")[0] for each in CLEAR[name]} - known <= {"purpose"}, name


def test_a_party_is_told_that_it_is_in_the_archive(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        walk(ride.day)
        for who in (cast.concierge, cast.owner, cast.chauffeur, cast.admin):
            with pytest.raises(Archived) as told:
                selectors.booking_of(user=who, booking_id=ride.id)
            assert told.value.details["reference"] == ride.reference
        with pytest.raises(NotFound):
            selectors.booking_of(user=cast.rival, booking_id=ride.id)


def test_it_is_still_found_by_its_reference(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        walk(ride.day)
    claim = Unique.find(f"reference:{ride.reference}")
    assert claim is not None
    assert ArchivedBooking.fetch(claim.owner_id).reference == ride.reference


def test_late_news_of_its_payment_are_no_error(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        walk(ride.day)
        assert services.follow_payment(booking_id=ride.id) is False


STEPS = {
    "before the object": (files, "write"),
    "after the object": (files, "check"),
    "before the first booking": (storing, "finish"),
    "in the middle of a booking's rows": (storing, "_delete_all"),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps_it_loses_and_doubles_nothing(
    step: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ride = make_ride(cast)
    whole = len(list(BookingHistory.query(ride.id)))
    module, name = STEPS[step]

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    with years_later(ride.day, 2):
        with monkeypatch.context() as broken:
            broken.setattr(module, name, die)
            with pytest.raises(Killed):
                walk(ride.day)
        assert (Booking.find(ride.id) is None) == (ArchivedBooking.find(ride.id) is not None)
    with years_later(ride.day, 2, days=1):
        walking.see_to_files(Counter(), lambda: None)
        walk(ride.day)
        check_archived_once(ride, whole)


def test_killed_after_each_booking_of_a_file_it_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_ride(cast)
    others = [_beside(cast, first) for _ in range(3)]
    rides = [first, *others]
    with years_later(first.day, 2):
        with monkeypatch.context() as broken:
            moved = iter([1])
            move = storing._move

            def die_at_the_second(*given: Any) -> bool:
                if next(moved, None) is None:
                    raise Killed
                return move(*given)

            broken.setattr(storing, "_move", die_at_the_second)
            with pytest.raises(Killed):
                walk(first.day)
        assert sum(Booking.find(ride.id) is None for ride in rides) == 1
    with years_later(first.day, 2, days=1):
        walking.see_to_files(Counter(), lambda: None)
        assert not walk(first.day)["archived"]
        for ride in rides:
            check_archived_once(ride)


def test_a_booking_that_changes_meanwhile_stays_and_goes_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ride = make_ride(cast)
    check = files.check

    def amend_meanwhile(*given: Any) -> None:
        check(*given)
        forget_passenger(user=cast.admin, booking_id=ride.id, reason="At their wish")

    with years_later(ride.day, 2), monkeypatch.context() as raced:
        raced.setattr(files, "check", amend_meanwhile)
        assert walk(ride.day)["archived"] == 0
    assert Booking.fetch(ride.id).details.passenger_name == ""
    assert list(BookingHistory.query(ride.id))
    with years_later(ride.day, 2, days=91):
        assert walk(ride.day)["archived"] == 1


def test_nothing_is_deleted_for_a_file_that_the_store_has_damaged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ride = make_ride(cast)
    write = objects.write

    def damaged(key: str, chunks: Any, kind: str) -> int:
        return write(key, [b"".join(chunks)[:-1]], kind)

    with years_later(ride.day, 2):
        monkeypatch.setattr(objects, "write", damaged)
        with pytest.raises(files.Damaged):
            walk(ride.day)
        assert Booking.find(ride.id) is not None


def test_many_of_a_day_go_in_files_of_bounded_size(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "FILE_RECORDS", 2)
    monkeypatch.setattr(files, "BLOCK_LINES", 1)
    first = make_ride(cast)
    rides = [first, *(_beside(cast, first) for _ in range(2))]
    with years_later(first.day, 2):
        assert walk(first.day)["files"] == 2
        assert sorted(file.records for file in files_of(first)) == [1, 2]
        for ride in rides:
            check_archived_once(ride)


def test_an_empty_day_costs_half_a_unit_and_no_scan(cast: Cast) -> None:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        walk(ride.day)
        with measure() as cost:
            walk(ride.day)
    assert (cost.calls, cost.scans, cost.rcu, cost.wcu) == (1, 0, 0.5, 0)


def check_archived_once(ride: Ride, history: int | None = None) -> None:
    """In one place only, whole, and readable."""
    assert Booking.find(ride.id) is None
    assert not [*BookingHistory.query(ride.id), *Quote.booking_index.query(ride.id), *Notice.query(ride.id)]
    stored = [file for file in files_of(ride) if ride.id in json.dumps(lines_of(file))]
    assert [file.state for file in stored] == [FileState.STORED]
    ArchivedBooking.fetch(ride.id).update(
        actions=[ArchivedBooking.restore_asked_at.set(utc_now())], add_version_condition=False
    )
    with override_settings(ARCHIVE_SIMULATED_SECONDS=0):
        items = look(user=None, booking_id=ride.id).items
    assert items is not None
    assert items["bookings"][0]["details"]["M"]["passengerName"]["S"] == "Ms. Ottoline Quarrington"
    if history is not None:
        assert len(items["booking-history"]) == history


def _beside(cast: Cast, ride: Ride) -> Ride:
    """Another one of the same day: called off before it was sold, so that nobody has to be in two places."""
    ahead = (ride.booking.pickup_at - utc_now()).total_seconds() / 3600
    booking = requested(cast, hours_ahead=ahead, **WISHES)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.CLIENT_REQUEST, reason="Ill")
    return as_ride(Booking.fetch(booking.id))
