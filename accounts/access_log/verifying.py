"""Walking the chain: is every entry still there, and what it was? Names whatever is not.

Forward along the seals: each is ours (keyed hash), follows the one before, and lists entries that are there (unless
they have expired), unaltered, in order, and held by it alone. Then over all entries (`accounts.access_log.checking`):
each is unaltered and sealed, or waits for its seal; so one that was slipped in is found too. Memory is bounded: a seal
at a time, a page at a time.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from accounts.access_log.checking import Finding, Tally, check_entry, number_of, text_of
from accounts.access_log.digests import linked, matches
from accounts.access_log.sealing import BATCH, CHAIN, GENESIS, Held, moment_at
from accounts.access_log.tables import AccessEntry, Seal
from atlas.dynamo.attributes import instant_text, utc_now
from atlas.dynamo.many import get_many
from atlas.trail import Wire

Progress = Callable[[str], None]


def verify(
    tally: Tally,
    *,
    first: datetime | None = None,
    last: datetime | None = None,
    expect_head: str | None = None,
    progress: Progress = lambda _: None,
) -> Iterator[Finding]:
    """Every finding, as it is found; `tally` counts along. `first` and `last` bound the entries that are looked at.

    `expect_head` is the hash of a seal that was written down elsewhere: the chain must still hold it.
    """
    now = utc_now()
    seen = expect_head is None
    before: Wire | None = None
    for seal in Seal.query(CHAIN, page_size=20, consistent_read=True):
        wire: Wire = seal.stored or {}
        yield from _check_seal(int(seal.number), wire, before, now)
        yield from _check_listed(int(seal.number), wire, tally, now, (first, last))
        before = wire
        tally.seals += 1
        tally.head, tally.head_number = text_of(wire, "hash") or "", int(seal.number)
        seen = seen or tally.head == expect_head
        if tally.seals % 100 == 0:
            progress(f"{tally.seals} seals, {tally.sealed} entries")
    if not seen:
        yield Finding("head", str(expect_head), "no seal has this hash: the chain was cut off or replaced")
    yield from _check_all(tally, now, (first, last), progress)


def _check_seal(number: int, wire: Wire, before: Wire | None, now: datetime) -> Iterator[Finding]:
    where = f"seal {number}"
    if not matches("seal", linked(wire), text_of(wire, "hash") or "") or wire.get("version") != {"N": "1"}:
        yield Finding("forged", where, "its hash is not that of its content under our key")
    expected = (number_of(before, "number") or 0) + 1 if before else 1
    if number != expected:
        if (number_of(wire, "previousExpiresAt") or 0) > now.timestamp():
            yield Finding("gap", where, f"seal {number - 1} is missing")
    elif text_of(wire, "previousHash") != (text_of(before, "hash") if before else GENESIS):
        yield Finding("forged", where, "it does not follow the seal before it")


def _check_listed(
    number: int, wire: Wire, tally: Tally, now: datetime, period: tuple[datetime | None, datetime | None]
) -> Iterator[Finding]:
    where = f"seal {number}"
    held = _listed(wire)
    if held is None:
        yield Finding("forged", where, "its list of entries cannot be read")
        return
    moments = [each.moment for each in held]
    if moments != sorted(moments):
        yield Finding("reordered", where)
    if len(set(moments)) != len(moments):
        yield Finding("doubly sealed", where, "it lists an entry twice")
    wanted = [each for each in held if _within(each.moment, period)]
    found = get_many(*((AccessEntry, (each.object, each.moment)) for each in wanted), consistent=True)
    for each, entry in zip(wanted, found, strict=True):
        name = f"{each.object} {each.moment}"
        tally.sealed += 1
        if entry is None:
            if each.expires_at > now.timestamp():
                yield Finding("missing", name, f"{where} holds it")
            else:
                tally.expired += 1
            continue
        holder = number_of(entry.stored, "sealNumber")
        if holder not in (number, None):
            yield Finding("doubly sealed", name, f"by {where}, and it names seal {holder}")
        if text_of(entry.stored, "digest") != each.digest:
            yield Finding("altered", name, f"{where} holds another digest")


def _listed(wire: Wire) -> list[Held] | None:
    try:
        listed = json.loads(text_of(wire, "entries") or "")
        held = [Held(str(each[0]), str(each[1]), str(each[2]), int(each[3])) for each in listed]
        _ = [moment_at(each.moment) for each in held]
    except (ValueError, TypeError, IndexError, KeyError):
        return None
    return held if 0 < len(held) <= BATCH else None


def _check_all(
    tally: Tally, now: datetime, period: tuple[datetime | None, datetime | None], progress: Progress
) -> Iterator[Finding]:
    """Every entry there is, by itself: what it says of its seal cannot be made up without the key."""
    first, last = period
    bounds = None
    if first or last:
        earliest, latest = first or datetime.min.replace(tzinfo=UTC), last or now + timedelta(days=1)
        bounds = AccessEntry.moment.between(instant_text(earliest), instant_text(latest) + "~")
    gone: set[int] = set()
    for entry in AccessEntry.scan(filter_condition=bounds, page_size=500, consistent_read=True):
        tally.entries += 1
        if tally.entries % 10_000 == 0:
            progress(f"{tally.entries} entries")
        yield from check_entry(entry, tally, now)
        holder = number_of(entry.stored, "sealNumber")
        if holder is None or holder <= tally.head_number or holder in gone:
            continue
        if Seal.find(CHAIN, holder, consistent=True) is None:  # else it was sealed since the walk along the chain
            gone.add(holder)
            yield Finding("gap", f"seal {holder}", f"it is missing, and {entry.object_} {entry.moment} names it")


def _within(moment: str, period: tuple[datetime | None, datetime | None]) -> bool:
    first, last = period
    if first is None and last is None:
        return True
    at = moment_at(moment)
    return (first is None or at >= first) and (last is None or at <= last)
