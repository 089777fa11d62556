"""Forgetting somebody in files that nobody can change: the keys of what is theirs are thrown away.

A record's names, addresses and wishes are sealed under one key, what people typed under another; both lie in the index
row. Without them no copy of the file, in whatever storage, tells anything of a person. Of the concierge both keys
go; of who drove or sold the ride the one of the texts, in which they may be named.
"""

from collections.abc import Iterator
from typing import Any

from accounts.holds.asking import held
from accounts.privacy.redaction import show_without
from accounts.privacy.registry import Holding, Subject
from accounts.rules.roles import Role
from atlas.dynamo.many import get_many
from bookings.archive.purging import holds_on
from bookings.tables.archive import ArchivedBooking


def archived_rides(subject: Subject) -> Iterator[ArchivedBooking]:
    """Those they asked for, drove, or whose company sold them."""
    index: Any = ArchivedBooking.concierge_index
    key: str | None = subject.user_id
    if subject.role is Role.DRIVER:
        index, key = ArchivedBooking.driver_index, subject.profile_id
    elif subject.role is Role.OPERATOR:
        index, key = ArchivedBooking.operator_index, subject.profile_id
    if key:
        ids = [each.id for each in index.query(key)]
        found = get_many(*((ArchivedBooking, id) for id in ids), consistent=True)
        yield from (row for row in found if row is not None)


def _forget(subject: Subject, row: ArchivedBooking) -> None:
    row.words_key = None
    if row.concierge_id == subject.user_id:
        row.people_key = None


def _is_held(row: ArchivedBooking) -> bool:
    return held(*holds_on(row)) is not None


HOLDING = Holding(
    table=ArchivedBooking,
    what="Rides of more than two years ago: who asked for them, sold and drove them by id, when, for how much; the "
    "record itself is in a file of the archive",
    why="Books and receipts (tax law), and claims from a contract",
    found_by="`concierge-index` `conciergeId`; `driver-index` `driverId`; `operator-index` `operatorId`",
    erased="The keys of the sealed parts of the record are deleted: names, addresses, wishes and notes in the file can "
    "never be read again. Of who drove or sold a ride: the key of the notes. Prices, dates and statuses stay",
    find=archived_rides,
    forget=_forget,
    needed=_is_held,
    show=show_without("peopleKey", "wordsKey", "offset", "length"),
)
