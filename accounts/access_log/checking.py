"""One entry by itself: is it what was written? Looks at the wire form alone, which may hold anything by now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.access_log.deeds import Deed
from accounts.access_log.digests import covered, matches
from accounts.access_log.sealing import GENESIS, moment_at
from accounts.access_log.tables import AccessEntry
from atlas.trail import Wire

SEAL_WITHIN = timedelta(hours=1)
"""An entry that waits for longer than this has no job that seals it, or was hidden from it."""
PERSON = {"personal": "subjectId", "whence": "actorId"}
"""Whose an erasable part is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be.

    `kind`: altered, missing, stray, forged, gap, reordered, doubly sealed, late, erased without leave, head.
    """

    kind: str
    where: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}" + (f" ({self.what})" if self.what else "")


@dataclass(slots=True)
class Tally:
    """What was walked."""

    seals: int = 0
    sealed: int = 0
    expired: int = 0
    erased: int = 0
    entries: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    head: str = GENESIS
    head_number: int = 0


def text_of(wire: Wire | None, name: str) -> str | None:
    value = (wire or {}).get(name, {}).get("S")
    return value if isinstance(value, str) else None


def number_of(wire: Wire | None, name: str) -> int | None:
    try:
        return int((wire or {}).get(name, {})["N"])
    except (KeyError, ValueError, TypeError):
        return None


def check_entry(entry: AccessEntry, tally: Tally, now: datetime) -> Iterator[Finding]:
    wire: Wire = entry.stored or {}
    name = f"{entry.object_} {entry.moment}"
    digest = text_of(wire, "digest") or ""
    if not matches("entry", covered(wire), digest) or wire.get("version") != {"N": "1"}:
        yield Finding("altered", name)
    for part in PERSON:
        yield from _check_part(wire, part, tally, name)
    if "sealNumber" not in wire and "sealProof" not in wire:
        yield from _check_waiting(wire, tally, name, now)
    elif "unsealedShard" in wire:
        yield Finding("altered", name, "sealed, and waiting for it")
    elif not matches("proof", [number_of(wire, "sealNumber"), digest], text_of(wire, "sealProof") or ""):
        yield Finding("stray", name, "what it says of its seal is not ours")


def _check_waiting(wire: Wire, tally: Tally, name: str, now: datetime) -> Iterator[Finding]:
    tally.unsealed += 1
    try:
        at = moment_at(text_of(wire, "moment") or "")
    except ValueError:
        yield Finding("altered", name, "its time cannot be read")
        return
    tally.unsealed_since = min(at, tally.unsealed_since or at)
    shard = (text_of(wire, "day") or "").partition("#")[2]
    if wire.get("unsealedShard") != {"N": shard}:
        yield Finding("stray", name, "it is hidden from its sealing")
    elif at < now - SEAL_WITHIN:
        yield Finding("late", name, "unsealed for too long")


def _check_part(wire: Wire, part: str, tally: Tally, name: str) -> Iterator[Finding]:
    """An erasable part is what it was, or gone by leave of an ERASED entry for its person."""
    digest, leave = text_of(wire, f"{part}Digest"), text_of(wire, f"{part}ErasedBy")
    if part in wire:
        text = text_of(wire, part)
        if f"{part}ErasedBy" in wire or text is None or digest is None or not matches("part", text, digest):
            yield Finding("altered", name, part)
    elif digest is not None:
        tally.erased += 1
        if not _allowed(wire, leave, part):
            yield Finding("erased without leave", name, part)
    elif f"{part}ErasedBy" in wire:
        yield Finding("altered", name, part)


def _allowed(wire: Wire, leave: str | None, part: str) -> bool:
    """Whether `leave` names an unaltered ERASED entry, younger than this one, for the person whose part it is."""
    object, _, moment = (leave or "").partition(" ")
    found = AccessEntry.find(object, moment, consistent=True) if object and moment else None
    if found is None or found.stored is None or moment < (text_of(wire, "moment") or "~"):
        return False
    return (
        text_of(found.stored, "deed") == Deed.ERASED
        and text_of(found.stored, "subjectId") == text_of(wire, PERSON[part])
        and matches("entry", covered(found.stored), text_of(found.stored, "digest") or "")
    )
