"""An erasure from its beginning to its last look: passes, one after the other, until nothing of the person is left.

The fact `UserDeleted` starts the first pass as a job. Whatever cuts it off, the row's `dueAt` brings the next one. Two
more looks follow, minutes and a day later, for what an index or a request under way hid from the first. While something
is still needed (a ride lies ahead) an erasure is WAITING, and looks every few hours.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings

from accounts.events import UserDeleted
from accounts.privacy.erasing import Pass, Tell, run_pass
from accounts.privacy.subjects import erased_subject
from accounts.privacy.tables import Erasure, ErasureProof, ErasureStatus
from atlas import jobs
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import expiry
from atlas.dynamo.transaction import retried, transact
from atlas.shards import all_shards

JOB = "privacy.erase"
LOOKS = (timedelta(minutes=5), timedelta(days=1))
"""After the end of the first pass, and of the second."""
WAITS = timedelta(hours=6)
"""Between two looks at what is still needed."""
CUT_OFF = timedelta(minutes=30)
"""A pass that has said nothing for so long was killed: another one goes on."""


def begin(event: UserDeleted) -> None:
    """An account was ended: the rest of the person is forgotten by a job. Heard twice, it is done once."""
    start_pass(event.user_id)


def start_pass(user_id: str) -> None:
    """Have a pass made by a worker, unless one is at it."""
    jobs.start(JOB, params={"userId": user_id}, owner_id=None, key=f"erase {user_id}", fresh=timedelta())


def go_on() -> int:
    """The periodic job: see to every erasure whose time has come. How many."""
    found = due()
    for user_id in found:
        _hold(user_id)
        start_pass(user_id)
    return len(found)


def run(
    user_id: str,
    *,
    state: Mapping[str, Any] | None = None,
    checkpoint: Callable[[Pass], None] = lambda _: None,
    tell: Tell = lambda _, __: None,
) -> Erasure:
    """One pass, from where `state` says. Returns the erasure as it is afterwards."""
    erasure = Erasure.fetch(user_id)

    def saved(progress: Pass) -> None:
        _hold(user_id)
        checkpoint(progress)

    _hold(user_id)
    progress = run_pass(
        erased_subject(erasure),
        so_far=Pass.from_state(state or {}),
        checkpoint=saved,
        tell=tell,
    )
    return _finish(user_id, progress)


def due(limit: int = 20) -> list[str]:
    """The users whose erasure is to be gone on with, or looked at again."""
    now = utc_now()
    return [
        key.id for shard in all_shards() for key in Erasure.due_index.query(shard, Erasure.due_at <= now, limit=limit)
    ]


@retried
def _hold(user_id: str) -> None:
    """A pass is at work: nobody else begins one for now."""
    erasure = Erasure.fetch(user_id)
    erasure.due_at = utc_now() + CUT_OFF
    with transact() as tx:
        tx.save(erasure)


@retried
def _finish(user_id: str, progress: Pass) -> Erasure:
    erasure = Erasure.fetch(user_id)
    now = utc_now()
    erasure.counts = dict(Counter(erasure.counts) + progress.counts)
    erasure.waiting = progress.waiting
    erasure.last_look_at = now
    if progress.waiting:
        erasure.status, erasure.due_at = ErasureStatus.WAITING, now + WAITS
    else:
        erasure.status = ErasureStatus.DONE
        erasure.done_at = erasure.done_at or now
        _schedule_look(erasure)
        erasure.passes += 1
    with transact() as tx:
        tx.save(erasure)
        if progress.waiting and (proof := ErasureProof.find(user_id, consistent=True)):
            proof.expires_at = expiry(now, settings.ERASURE_PROOF_LIFE)
            tx.save(proof)
    return erasure


def _schedule_look(erasure: Erasure) -> None:
    if erasure.passes < len(LOOKS):
        erasure.due_at = utc_now() + LOOKS[erasure.passes]
    else:
        erasure.due_at = erasure.due_shard = None
