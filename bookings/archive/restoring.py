"""Getting an archived booking back to be read: asked for, waited for, there for some days, cold again.

How it stands is asked of the store each time, and kept nowhere: the row only knows when it was last asked for. The
booking itself does not come back to life: nothing can be done with it but read.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from accounts.holds.asking import held
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import AtlasError, NotFound
from atlas.objects.cold import ColdState, cold_storage
from bookings.archive.files import read_one
from bookings.archive.purging import holds_on
from bookings.archive.record import Wire, keys_in, opened
from bookings.events import RestoreWanted
from bookings.looking import saw_booking
from bookings.permissions import party
from bookings.rules.lifecycle import Actor
from bookings.rules.retention import deletion_day
from bookings.tables import Booking
from bookings.tables.archive import ArchivedBooking


class Archived(AtlasError):
    """410: the booking is not in its table any more; `details` say where it is."""

    status = 410
    code = "archived"
    message = "This booking is in the archive. Ask for it to be restored to read it."


class ArchiveState(StrEnum):
    """ARCHIVED: asked for by nobody, or no longer. RESTORING: asked for. RESTORED: it can be read."""

    ARCHIVED = "ARCHIVED"
    RESTORING = "RESTORING"
    RESTORED = "RESTORED"


_STATES = {
    ColdState.COLD: ArchiveState.ARCHIVED,
    ColdState.THAWING: ArchiveState.RESTORING,
    ColdState.READABLE: ArchiveState.RESTORED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """An archived booking, and how it stands. `items` are there while it is RESTORED: by table, in DynamoDB JSON."""

    row: ArchivedBooking
    state: ArchiveState
    until: datetime | None
    held: bool
    deleted_from: date
    items: dict[str, list[Wire]] | None = field(default=None)


def check_not_archived(user: CurrentUser, booking_id: str) -> None:
    """Called where a booking is not found: raises `Archived` for a party of one that was, else nothing."""
    row = ArchivedBooking.find(booking_id)
    if row is not None and _part(user, row) is not None:
        raise Archived(
            details={"reference": row.reference, "status": row.status, "archivedAt": row.created_at.isoformat()}
        )


def look(*, user: CurrentUser | None, booking_id: str) -> Standing:
    """For its parties, with its record while that is restored. Raises `NotFound`, also for outsiders."""
    row = ArchivedBooking.fetch(booking_id)
    part = _part(user, row)
    if part is None:
        raise NotFound
    if user is not None:
        saw_booking(user, row)
    found = _standing(row)
    if found.state is not ArchiveState.RESTORED:
        return found
    return Standing(found.row, found.state, found.until, found.held, found.deleted_from, _items(row, user, part))


def ask(*, user: CurrentUser | None, booking_id: str) -> Standing:
    """Have its record made readable. Again while it is under way, or readable, changes nothing."""
    row = _ask(user, booking_id)
    return _standing(row)


def thaw(event: RestoreWanted) -> None:
    """Ask the store; heard twice it is asked twice, which is no more than once."""
    row = ArchivedBooking.find(event.booking_id, consistent=True)
    if row is not None:
        cold_storage().request(row.object_key)


def concierge_of(booking_id: str) -> str:
    """Whose booking it is, in its table or in the archive. Raises `NotFound`."""
    found = Booking.find(booking_id, consistent=True) or ArchivedBooking.fetch(booking_id)
    return str(found.concierge_id)


@retried
def _ask(user: CurrentUser | None, booking_id: str) -> ArchivedBooking:
    row = ArchivedBooking.fetch(booking_id)
    if _part(user, row) is None:
        raise NotFound
    if _state(row)[0] is not ArchiveState.ARCHIVED:
        return row
    row.restore_asked_at, row.restore_asked_by = utc_now(), user.id if user else None
    with transact() as tx:
        tx.save(row)
        outbox.add(tx, RestoreWanted(row.id))
    return row


def _state(row: ArchivedBooking) -> tuple[ArchiveState, datetime | None]:
    """And until when; the store is asked only where somebody has asked for it."""
    if row.restore_asked_at is None:
        return ArchiveState.ARCHIVED, None
    found = cold_storage().standing(row.object_key, row.restore_asked_at)
    if found.until is not None and found.until <= utc_now():
        return ArchiveState.ARCHIVED, None
    return _STATES[found.state], found.until


def _standing(row: ArchivedBooking) -> Standing:
    state, until = _state(row)
    return Standing(
        row=row,
        state=state,
        until=until,
        held=held(*holds_on(row), consistent=False) is not None,
        deleted_from=deletion_day(date.fromisoformat(row.pickup_day)),
    )


def _part(user: CurrentUser | None, row: ArchivedBooking) -> Actor | None:
    """The user's part in what it was; the command line is staff."""
    if user is None:
        return Actor.ADMIN
    try:
        return party(user, row)
    except NotFound:
        return None


def _items(row: ArchivedBooking, user: CurrentUser | None, part: Actor) -> dict[str, list[Wire]]:
    """What this party saw of it while it was in its table: offers and payments are not everybody's."""
    record = read_one(row.object_key, row.id, int(row.offset), int(row.length))
    items: dict[str, Any] = opened(record, keys_in(row))
    if part is Actor.DRIVER:
        items = {name: rows for name, rows in items.items() if name in ("bookings", "booking-history")}
    elif part is Actor.OPERATOR and user is not None and user.role is Role.OPERATOR:
        items["quotes"] = [each for each in items["quotes"] if each["operatorId"]["S"] == user.profile_id]
    if part is not Actor.ADMIN:
        items.pop("notices", None)
    return items
