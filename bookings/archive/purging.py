"""The end after seven years: index row, reference and keys of each booking, then the file that they were in.

A legal hold keeps its booking, and with it the file; of the others in that file the keys are gone, so that what is
left of them says when somebody rode for how much, and not who.
"""

from collections.abc import Callable
from datetime import timedelta

from accounts.holds.asking import held, keep_unheld
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import retried, transact
from atlas.tables import Unique
from bookings.archive.storing import remove
from bookings.tables.archive import ArchivedBooking, ArchiveFile

HELD_AGAIN = timedelta(days=1)
"""Until a file that a hold has kept is looked at again."""


def purge(file: ArchiveFile, tell: Callable[[], None] = lambda: None) -> int:
    """Delete what is in the file and not held; how many bookings. Cut off, the next look does the rest."""
    keys = [key.id for key in ArchivedBooking.day_index.query(file.day)]
    deleted = kept = 0
    for start in range(0, len(keys), 100):
        for row in get_many(*((ArchivedBooking, key) for key in keys[start : start + 100]), consistent=True):
            if row is None or row.part != file.part:
                continue
            if _forget(row.id):
                deleted += 1
            else:
                kept += 1
            tell()
    if kept:
        file.due_at = utc_now() + HELD_AGAIN
        with transact() as tx:
            tx.save(file)
    else:
        remove(file)
    return deleted


@retried
def _forget(booking_id: str) -> bool:
    """One transaction. False while it is held; a hold placed at this instant wins or loses whole."""
    row = ArchivedBooking.find(booking_id, consistent=True)
    if row is None:
        return True
    if held(*holds_on(row)):
        return False
    claim = Unique.find(f"reference:{row.reference}", consistent=True)
    with transact() as tx:
        keep_unheld(tx, *holds_on(row))
        tx.delete(row)
        if claim is not None and claim.owner_id == row.id:
            tx.delete(claim)
    return True


def holds_on(row: ArchivedBooking) -> tuple[str, ...]:
    """What a hold may name: the booking, or somebody who took part in it."""
    return tuple(id for id in (row.id, row.concierge_id, row.operator_id, row.driver_id) if id)
