"""Sealing: entries that no seal holds yet become the next link of the chain. Off the request path, by a periodic job.

One transaction creates seal `n` (it must not exist yet) and marks each entry as held by it (it must be unsealed). So of
two sealers one wins, none seals an entry twice, and one that is killed leaves nothing half done.
"""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

import structlog
from pynamodb.exceptions import TransactWriteError

from accounts.access_log.digests import canonical, proof
from accounts.access_log.tables import AccessEntry, Seal
from atlas.dynamo.connection import connection
from atlas.dynamo.transaction import LIMIT
from atlas.shards import all_shards

log = structlog.get_logger(__name__)

CHAIN = "main"
GENESIS = "0" * 43
"""What the first seal has for the hash before it."""
BATCH = LIMIT - 1
"""Entries of one seal: with it they fill one transaction."""
SPARE_SECONDS = 30 * 24 * 3600
"""A seal outlives its entries by this: DynamoDB deletes late, and the two not in order."""


class SealedElsewhere(Exception):
    """Another sealer is at work: what is left is theirs, or the next run's."""


class Held(NamedTuple):
    """An entry as a seal lists it; `expires_at` in seconds since 1970."""

    object: str
    moment: str
    digest: str
    expires_at: int


def seal_all() -> int:
    """Seal everything unsealed, a hundred entries at a time. Returns how many; what another sealer took is theirs."""
    sealed = 0
    waiting = unsealed()
    head = newest()
    while batch := list(islice(waiting, BATCH)):
        try:
            head, count = _seal(head, batch)
        except SealedElsewhere:
            break
        sealed += count
    return sealed


def unsealed() -> Iterator[Held]:
    """Every entry that no seal holds, oldest first. One query per shard and page."""
    shards = [AccessEntry.unsealed_index.query(shard, page_size=500) for shard in all_shards()]
    for entry in heapq.merge(*shards, key=lambda entry: entry.moment):
        yield Held(entry.object_, entry.moment, entry.digest, int(entry.expires_at.timestamp()))


def newest() -> Seal | None:
    """The head of the chain."""
    return next(iter(Seal.query(CHAIN, scan_index_forward=False, limit=1, consistent_read=True)), None)


def link(previous: Seal | None, held: Sequence[Held]) -> Seal:
    """The seal of these entries after `previous`."""
    until = max(each.expires_at for each in held) + SPARE_SECONDS
    previous_until = int(previous.expires_at.timestamp()) if previous else 0
    return Seal(
        chain=CHAIN,
        number=int(previous.number) + 1 if previous else 1,
        previous_hash=previous.hash if previous else GENESIS,
        previous_expires_at=previous_until,
        entries=canonical(held).decode(),
        expires_at=datetime.fromtimestamp(max(until, previous_until), UTC),
    )


def _seal(previous: Seal | None, held: list[Held]) -> tuple[Seal | None, int]:
    """One transaction. The head of the chain after it, and how many were sealed; what is sealed already is left out."""
    while held:
        seal = link(previous, held)
        try:
            connection().transact_write_items(
                [], [], [seal.get_save_kwargs_from_instance()], [_mark(each, seal) for each in held]
            )
        except TransactWriteError as error:
            held = _left(held, error)
            continue
        log.info("access_log_sealed", seal=int(seal.number), entries=len(held), head=seal.hash)
        return seal, len(held)
    return previous, 0


def _left(held: list[Held], error: TransactWriteError) -> list[Held]:
    """Those that still wait: the index may show what was sealed a moment ago. Raises `SealedElsewhere`, or `error`."""
    codes = [reason.code if reason else None for reason in error.cancellation_reasons or []]
    if len(codes) != len(held) + 1:
        raise error
    if codes[0] is not None or "TransactionConflict" in codes:
        raise SealedElsewhere from error
    refused = {each for each, code in zip(held, codes[1:], strict=True) if code == "ConditionalCheckFailed"}
    if not refused:
        raise error
    return [each for each in held if each not in refused]


def _mark(held: Held, seal: Seal) -> dict[str, Any]:
    """The update that makes an entry a sealed one. Its version stays: nothing else ever writes an entry twice."""
    number = int(seal.number)
    operation: dict[str, Any] = AccessEntry._get_connection().get_operation_kwargs(
        held.object,
        held.moment,
        key="Key",
        actions=[
            AccessEntry.unsealed_shard.remove(),
            AccessEntry.seal_number.set(number),
            AccessEntry.seal_proof.set(proof(number, held.digest)),
        ],
        condition=AccessEntry.unsealed_shard.exists(),
    )
    return operation


def waiting_since() -> datetime | None:
    """When the oldest unsealed entry was made; None while there is none."""
    first = next(unsealed(), None)
    return moment_at(first.moment) if first else None


def moment_at(moment: str) -> datetime:
    """The time in an entry's `moment`."""
    return datetime.fromisoformat(moment.partition("#")[0])
