"""What ends after seven years, what never does before ten, what a hold keeps, and what forgetting reaches."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from accounts.holds.kinds import HoldKind
from accounts.holds.placing import hold_item, hold_person, release
from accounts.holds.tables import LegalHold
from accounts.privacy import closing, erasures
from atlas import objects
from atlas.errors import Conflict
from atlas.tables import Unique
from atlas.vault import Unsealable
from bookings.archive import files, purging
from bookings.archive.record import keys_in, opened
from bookings.archive.restoring import ArchiveState, ask, look
from bookings.archive.walking import due_files, see_to_files
from bookings.services.forgetting import forget_passenger
from bookings.tables import Booking
from bookings.tables.archive import ArchivedBooking, ArchiveFile
from payments.tables import PaymentTransaction
from tests.bookings.archive.conftest import Ride, make_ride, walk, years_later
from tests.bookings.stage import Cast

pytestmark = pytest.mark.slow

REASON = "Case 4711 of the district court"


def archived(cast: Cast) -> Ride:
    ride = make_ride(cast)
    with years_later(ride.day, 2):
        assert walk(ride.day)["archived"] == 1
    return ride


def file_of(ride: Ride) -> ArchiveFile:
    (file,) = ArchiveFile.query(ride.day.isoformat(), consistent_read=True)
    return file


def purge(ride: Ride) -> int:
    """As the nightly job, of this ride's file alone."""
    return sum(purging.purge(file) for file in due_files() if file.day == ride.day.isoformat())


def readable(ride: Ride) -> dict[str, Any]:
    with override_settings(ARCHIVE_SIMULATED_SECONDS=0):
        ask(user=None, booking_id=ride.id)
        items = look(user=None, booking_id=ride.id).items
    assert items is not None
    return items


# Deletion


def test_a_day_before_seven_years_it_is_there(cast: Cast) -> None:
    ride = archived(cast)
    with years_later(ride.day, 7, days=-1):
        assert purge(ride) == 0
    assert ArchivedBooking.find(ride.id) is not None


def test_after_seven_years_nothing_is_left_but_the_books(cast: Cast) -> None:
    ride = archived(cast)
    file = file_of(ride)
    with years_later(ride.day, 7):
        assert purge(ride) == 1
    assert ArchivedBooking.find(ride.id) is None
    assert Unique.find(f"reference:{ride.reference}") is None
    assert not objects.exists(file.object_key)
    assert not objects.exists(file.manifest_key)
    assert not list(ArchiveFile.query(ride.day.isoformat()))
    assert PaymentTransaction.find(str(ride.booking.transaction_id)) is not None


@pytest.mark.parametrize("name", ["_forget", "remove"])
def test_killed_while_it_deletes_it_goes_on(name: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ride = archived(cast)

    def die(*_: Any) -> Any:
        raise KeyboardInterrupt

    with years_later(ride.day, 7):
        with monkeypatch.context() as broken:
            broken.setattr(purging, name, die)
            with pytest.raises(KeyboardInterrupt):
                purge(ride)
        purge(ride)
        assert not list(ArchiveFile.query(ride.day.isoformat()))
        assert ArchivedBooking.find(ride.id) is None


@pytest.mark.parametrize("years", [2, 7])
def test_the_payment_may_not_be_deleted_before_ten_years(years: int, cast: Cast) -> None:
    ride = make_ride(cast)
    payment = PaymentTransaction.fetch(str(ride.booking.transaction_id))
    with years_later(payment.created_at.date(), years), pytest.raises(Conflict) as refused:
        payment.delete()
    assert refused.value.code == "kept_by_law"
    assert PaymentTransaction.find(payment.id) is not None


def test_the_payment_may_be_deleted_after_ten_years(cast: Cast) -> None:
    ride = make_ride(cast)
    payment = PaymentTransaction.fetch(str(ride.booking.transaction_id))
    with years_later(payment.created_at.date(), 10, days=1):
        payment.delete()
    assert PaymentTransaction.find(payment.id) is None


# Holds


@pytest.mark.parametrize("on", ["booking", "concierge", "company", "driver"])
def test_a_hold_keeps_it_beyond_seven_years_until_its_release(on: str, cast: Cast) -> None:
    ride = archived(cast)
    held = hold(cast, ride, on)
    with years_later(ride.day, 7):
        assert purge(ride) == 0
    assert objects.exists(file_of(ride).object_key)
    release(user=cast.admin, hold_id=held.id, reason="The case is closed")
    with years_later(ride.day, 7, days=2):
        assert purge(ride) == 1
    assert ArchivedBooking.find(ride.id) is None


def test_a_hold_does_not_keep_it_out_of_the_archive(cast: Cast) -> None:
    ride = make_ride(cast)
    hold(cast, ride, "booking")
    with years_later(ride.day, 2):
        assert walk(ride.day)["archived"] == 1
    release(user=None, hold_id=ride.id, reason="Tidying up")


def test_who_is_held_is_not_erased(cast: Cast) -> None:
    ride = make_ride(cast)
    held = hold(cast, ride, "concierge")
    with pytest.raises(Conflict) as refused:
        closing.erase_user(actor=None, user_id=cast.concierge.id, reason="At their wish")
    assert [each["code"] for each in refused.value.details["obstacles"]] == ["legal_hold"]
    release(user=None, hold_id=held.id, reason="The case is closed")
    closing.erase_user(actor=None, user_id=cast.concierge.id, reason="At their wish")


def test_a_held_ride_is_not_emptied_and_the_erasure_waits_for_it(cast: Cast) -> None:
    ride = make_ride(cast)
    hold(cast, ride, "booking")
    with pytest.raises(Conflict, match="legal hold"):
        forget_passenger(user=cast.admin, booking_id=ride.id, reason="At their wish")
    closing.erase_user(actor=None, user_id=cast.concierge.id, reason="At their wish")
    assert erasures.run(cast.concierge.id).status == "WAITING"
    assert Booking.fetch(ride.id).details.passenger_name
    release(user=None, hold_id=ride.id, reason="The case is closed")
    assert erasures.run(cast.concierge.id).status == "DONE"
    assert not Booking.fetch(ride.id).details.passenger_name


def hold(cast: Cast, ride: Ride, on: str) -> LegalHold:
    if on == "booking":
        about = cast.concierge.id
        return hold_item(user=cast.admin, kind=HoldKind.BOOKING, id=ride.id, about=about, reason=REASON)
    person = {"concierge": cast.concierge, "company": cast.owner, "driver": cast.chauffeur}[on]
    return hold_person(user=cast.admin, user_id=person.id, reason=REASON)


# Forgetting


def test_forgetting_who_asked_for_it_shuts_the_record_for_ever(cast: Cast) -> None:
    ride = archived(cast)
    assert "Quarrington" in json.dumps(readable(ride))
    closing.erase_user(actor=None, user_id=cast.concierge.id, reason="At their wish")
    erasures.run(cast.concierge.id)
    text = json.dumps(readable(ride))
    assert "Quarrington" not in text
    assert "quinces" not in text
    assert ride.reference in text
    row = ArchivedBooking.fetch(ride.id)
    assert row.people_key is None
    assert row.words_key is None


def test_forgetting_who_drove_it_shuts_the_notes_alone(cast: Cast) -> None:
    ride = archived(cast)
    closing.erase_user(actor=None, user_id=cast.chauffeur.id, reason="At their wish")
    erasures.run(cast.chauffeur.id)
    items = readable(ride)
    assert items["bookings"][0]["details"]["M"]["passengerName"]["S"] == "Ms. Ottoline Quarrington"
    assert "notes" not in items["quotes"][0]


def test_a_key_of_one_booking_opens_no_other(cast: Cast) -> None:
    one, other = archived(cast), archived(cast)
    row, stranger = ArchivedBooking.fetch(one.id), ArchivedBooking.fetch(other.id)
    record = files.read_one(row.object_key, row.id, int(row.offset), int(row.length))
    with pytest.raises(Unsealable):
        opened(record, keys_in(stranger))


# Restoring


def test_it_is_asked_for_waited_for_read_and_cold_again(cast: Cast) -> None:
    ride = archived(cast)
    with years_later(ride.day, 3) as now:
        assert look(user=cast.concierge, booking_id=ride.id).state is ArchiveState.ARCHIVED
        assert ask(user=cast.concierge, booking_id=ride.id).state is ArchiveState.RESTORING
        assert look(user=cast.concierge, booking_id=ride.id).items is None
    with years_later(ride.day, 3, days=1):
        found = look(user=cast.concierge, booking_id=ride.id)
        assert found.state is ArchiveState.RESTORED
        assert found.items is not None
        assert found.until is not None
        assert (found.until - now).days == 7
    with years_later(ride.day, 3, days=8):
        assert look(user=cast.concierge, booking_id=ride.id).state is ArchiveState.ARCHIVED
        assert ask(user=cast.concierge, booking_id=ride.id).state is ArchiveState.RESTORING


def test_each_party_reads_what_it_saw_before(cast: Cast) -> None:
    ride = archived(cast)
    with override_settings(ARCHIVE_SIMULATED_SECONDS=0):
        ask(user=cast.chauffeur, booking_id=ride.id)
        shown = {who: look(user=getattr(cast, who), booking_id=ride.id).items for who in ("chauffeur", "owner")}
    assert sorted(shown["chauffeur"] or ()) == ["booking-history", "bookings"]
    assert "notices" not in (shown["owner"] or ())


# By command and by job


def test_the_command_does_the_night_s_work(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    ride = make_ride(cast)
    day = ride.day.isoformat()
    with years_later(ride.day, 2):
        call_command("bookings", "archive", "--dry-run", "--from", day, "--to", day)
        assert "Would be: archived 1" in capsys.readouterr().out
        assert Booking.find(ride.id) is not None
        call_command("bookings", "archive", "--from", day, "--to", day)
        assert "archived 1" in capsys.readouterr().out
        call_command("bookings", "restore", ride.id)
        call_command("bookings", "show", ride.id)
    assert ArchivedBooking.fetch(ride.id).restore_asked_at is not None
    assert "RESTORING" in capsys.readouterr().out


def test_the_night_looks_at_its_due_files(cast: Cast) -> None:
    ride = archived(cast)
    counts: Counter[str] = Counter()
    with years_later(ride.day, 7):
        see_to_files(counts, lambda: None)
    assert counts["deleted"] >= 1
    assert ArchivedBooking.find(ride.id) is None


def test_the_date_of_deletion_is_kept_with_the_file(cast: Cast) -> None:
    ride = archived(cast)
    assert file_of(ride).due_at == datetime(ride.day.year + 7, ride.day.month, ride.day.day, tzinfo=UTC)
