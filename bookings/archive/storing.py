"""Moving bookings into a file. Killed between any two steps, nothing is lost and nothing is there twice:

1. the row of the file, WRITING     left so: the objects are removed, the bookings are still in their tables
2. object and manifest              the same
3. read back, then WRITTEN          left so: `finish` reads the file and goes on with step 4
4. each booking, one transaction    out of its table, under the version in the file, and its index row in
5. what hung on it deleted          again, it deletes what is left
6. STORED                           its secret is gone: each row has its own keys

A booking that changed between 2 and 4 stays where it is, and is archived with another file on another night.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from atlas import objects, trail
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import Lost, transact
from atlas.shards import shard_of
from bookings.archive import files
from bookings.archive.record import as_line, gather, key_text, keys_of, opened
from bookings.rules.retention import deletion_day
from bookings.tables import Booking, BookingHistory, Notice, Quote
from bookings.tables.archive import ArchivedBooking, ArchiveFile, FileState

CUT_OFF = timedelta(hours=1)
"""A file that is still not STORED then was left by a worker that died."""

Tell = Callable[[], None]


def store(day: str, bookings: Iterable[Booking], tell: Tell) -> int:
    """Archive these bookings of one day of pick-ups as one file; how many. `tell` is called all along."""
    now = utc_now()
    part = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
    file = ArchiveFile(
        day=day, part=part, key_secret=os.urandom(32), due_shard=shard_of(f"{day}/{part}"), due_at=now + CUT_OFF
    )
    with transact() as tx:
        tx.create(file)
    written = files.write(file, _lines(file, bookings, tell))
    files.check(file, written)
    file.records, file.bytes_, file.sha256 = written.records, written.bytes_, written.digest.hexdigest()
    file.state = FileState.WRITTEN
    with transact() as tx:
        tx.save(file)
    return finish(file, tell)


def finish(file: ArchiveFile, tell: Tell) -> int:
    """Steps 4 to 6 of a file that is WRITTEN; how many bookings are in it for good."""
    moved = 0
    for found in files.read(file):
        moved += _move(file, found)
        tell()
    file.state, file.key_secret = FileState.STORED, None
    file.due_at = datetime.combine(deletion_day(date.fromisoformat(file.day)), time(), UTC)
    with transact() as tx:
        tx.save(file)
    return moved


def give_up(file: ArchiveFile) -> None:
    """A file that was never WRITTEN: away with it. Its bookings wait in their table for the next one."""
    remove(file)


def remove(file: ArchiveFile) -> None:
    """The objects first: the row is what finds them."""
    objects.delete(file.object_key)
    objects.delete(file.manifest_key)
    with transact() as tx:
        tx.delete(file)


def _lines(file: ArchiveFile, bookings: Iterable[Booking], tell: Tell) -> Iterator[bytes]:
    for booking in bookings:
        tell()
        yield as_line(booking, gather(booking), keys_of(file.key_secret, booking.id))


def _move(file: ArchiveFile, found: files.Found) -> bool:
    """False when the booking is not as it is in the file, and stays."""
    keys = keys_of(file.key_secret, found.record["id"])
    booking = Booking.from_raw_data(opened(found.record, keys)["bookings"][0])
    row = ArchivedBooking(
        id=booking.id,
        reference=booking.reference,
        status=booking.status,
        type_=booking.type_,
        payment_status=booking.payment_status,
        concierge_id=booking.concierge_id,
        operator_id=booking.operator_id,
        driver_id=booking.driver_id,
        pickup_at=booking.pickup_at,
        pickup_day=booking.pickup_day,
        requested_at=booking.created_at,
        final_price=booking.final_price,
        currency=booking.currency,
        receipt_number=booking.receipt_number,
        part=file.part,
        object_key=file.object_key,
        offset=found.offset,
        length=found.length,
        people_key=key_text(keys.people),
        words_key=key_text(keys.words),
    )
    try:
        with trail.because("Archived after two years."), trail.discreetly(), transact() as tx:
            tx.delete(booking)
            tx.create(row)
    except Lost:
        known = ArchivedBooking.find(booking.id, consistent=True)
        if known is None or known.part != file.part:
            return False
    _delete_all(BookingHistory, BookingHistory.query(booking.id, consistent_read=True))
    _delete_all(Notice, Notice.query(booking.id, consistent_read=True))
    _delete_all(Quote, Quote.booking_index.query(booking.id))
    return True


def _delete_all(table: type[Table], rows: Iterable[Table]) -> None:
    found = list(rows)
    if found:
        with table.batch_write() as batch:
            for row in found:
                batch.delete(row)
