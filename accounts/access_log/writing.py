"""Making entries. One plain put, or one more item of the transaction whose change it tells of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from accounts.access_log.deeds import Deed
from accounts.access_log.digests import canonical, part
from accounts.access_log.tables import AccessEntry
from atlas import trail
from atlas.card_numbers import struck
from atlas.dynamo.attributes import instant_text, utc_now
from atlas.dynamo.bulk import put_all
from atlas.dynamo.transaction import Transaction
from atlas.shards import shard_of

LONGEST_REASON = 500


def entry(
    deed: Deed,
    *,
    object: str,
    subject_id: str | None = None,
    actor: Any = None,
    doer: trail.Doer | None = None,
    resource: str | None = None,
    change: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    reason: str = "",
    at: datetime | None = None,
    id: str | None = None,
) -> AccessEntry:
    """One entry of the work that is being done (`atlas.trail`), not stored yet.

    `actor` is the user who does it (or `doer`, of whom no more is known), where that is not who asked for the work;
    `id` tells two tellings of one thing apart from two things. `change` holds before and after of
    values that stay, `personal` of those that go when the subject is forgotten; neither may hold a secret.
    """
    work = trail.work()
    who = trail.Doer(str(actor.id), str(actor.role)) if actor is not None else doer or work.doer
    now = at or utc_now()
    id = id or str(uuid4())
    because = (reason or work.reason)[:LONGEST_REASON]
    told = {} if work.discreet else personal or {}
    details, details_digest = part(struck({**told, **({"reason": because} if because else {})}))
    origin = {"ip": work.origin.ip_address, "agent": work.origin.user_agent}
    whence, whence_digest = part({name: value for name, value in origin.items() if value})
    shard = shard_of(id)
    return AccessEntry(
        object_=object,
        moment=f"{instant_text(now)}#{id}",
        deed=deed,
        subject_id=subject_id,
        actor_id=who.id,
        actor_role=who.role,
        resource=resource,
        via=work.via,
        request_id=work.request_id or None,
        fields=sorted(personal) if personal else None,
        change=canonical(struck(change)).decode() if change else None,
        personal=details,
        personal_digest=details_digest,
        whence=whence,
        whence_digest=whence_digest,
        day=f"{now:%Y-%m-%d}#{shard}",
        unsealed_shard=shard,
        expires_at=(now + settings.ACCESS_LOG_RETENTION).replace(microsecond=0),
    )


def add(tx: Transaction, deed: Deed, **what: Any) -> AccessEntry:
    """Tell of `deed` in the transaction that does it: both hold or neither. Takes what `entry` takes."""
    made = entry(deed, **what)
    tx.create(made)
    return made


def record(deed: Deed, **what: Any) -> AccessEntry:
    """Tell of something that has no transaction of its own. One put. Takes what `entry` takes."""
    made = entry(deed, **what)
    made.save()
    return made


def store(entries: Sequence[AccessEntry]) -> None:
    """Several at once: a list was shown. One call for up to 100."""
    if len(entries) == 1:
        entries[0].save()
    elif entries:
        put_all(entries)
