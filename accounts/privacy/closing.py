"""The moment in which an account ends: everything that lets the person in, and what names them at once, in one
transaction. The rest is forgotten by the passes that follow (`accounts.privacy.erasures`).

There is no time of grace (docs/adr/0019-privacy.md): the address is free again at once, so it could not be given back.
"""

from datetime import timedelta

from django.conf import settings

from accounts import staff, superusers
from accounts.events import UserDeleted
from accounts.privacy.own import forget_user
from accounts.privacy.registry import Obstacle, Subject, parts
from accounts.privacy.subjects import proof_of, subject_of
from accounts.privacy.tables import Erasure, ErasureProof
from accounts.rules.roles import UserStatus
from accounts.services import close_sockets, confirm_password, release_email
from accounts.tables import User
from accounts.users import CurrentUser
from atlas import outbox, trail
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import expiry
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid
from atlas.origin import Origin
from atlas.shards import shard_of

LONGEST_REASON = 500
SHORTEST_REASON = 5
FIRST_LOOK = timedelta(minutes=2)
"""When the first pass is found by its deadline, should nobody have begun it."""
OWN_WISH = "The person's own wish."


def delete_me(*, user: CurrentUser, password: str, origin: Origin) -> Erasure:
    """Forget the asking user (GDPR, article 17): their password again, because it cannot be undone.

    Raises `Invalid` (`wrong_password`), `Conflict` (`unfinished`) with what must come to its end first.
    """
    confirm_password(user, password, origin, field="password")
    return _close(user_id=user.id, requested_by=user.id, reason=OWN_WISH)


def erase_user(*, actor: CurrentUser | None, user_id: str, reason: str) -> Erasure:
    """The same at somebody's request to us: by a superuser, never of themselves; `actor` None is the command line.

    Erasing somebody again gives the erasure there is.
    """
    if actor is not None and actor.id == user_id:
        raise Forbidden("Your own account you delete on your own page, with your password.", code="not_yourself")
    staff.require(actor, "anonymise", staff.ON_PEOPLE, User.fetch(user_id))
    reason = check_reason(reason)
    return _close(user_id=user_id, requested_by=actor.id if actor else None, reason=reason)


def check_reason(reason: str) -> str:
    """Why staff look into, or end, somebody's account. Raises `Invalid` at the field `reason`."""
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(fields={"reason": [f"{SHORTEST_REASON} to {LONGEST_REASON} characters."]})
    return reason


def obstacles_of(user_id: str) -> list[Obstacle]:
    """What stands against forgetting somebody now; for the page, before they ask."""
    subject = subject_of(User.fetch(user_id))
    return _obstacles(Transaction(), subject)


@retried
def _close(*, user_id: str, requested_by: str | None, reason: str) -> Erasure:
    user = User.fetch(user_id)
    if user.status is UserStatus.DELETED:
        return Erasure.fetch(user_id)
    subject = subject_of(user)
    now = utc_now()
    erasure = Erasure(
        id=user.id,
        role=user.role,
        profile_id=user.profile_id,
        requested_by=requested_by,
        reason=subject.marks.redact(reason),
        due_shard=shard_of(user.id),
        due_at=now + FIRST_LOOK,
    )
    with trail.discreetly(), transact() as tx:
        if obstacles := _obstacles(tx, subject):
            raise _unfinished(obstacles)
        superusers.keep_one(tx, user)
        release_email(tx, user)
        forget_user(subject, user)
        user.status = UserStatus.DELETED
        user.credentials_epoch += 1
        tx.save(user)
        tx.create(erasure)
        tx.create(
            ErasureProof(
                id=user.id,
                salt=subject.marks.salt,
                marks=proof_of(subject),
                expires_at=expiry(now, settings.ERASURE_PROOF_LIFE),
            )
        )
        outbox.add(tx, UserDeleted(user.id, user.role, user.profile_id))
        tx.on_commit(lambda: close_sockets(user_id))
    return erasure


def _obstacles(tx: Transaction, subject: Subject) -> list[Obstacle]:
    return [obstacle for part in parts() if part.gate for obstacle in part.gate(tx, subject)]


def _unfinished(obstacles: list[Obstacle]) -> Conflict:
    listed = [{"code": each.code, "message": each.message, **each.details} for each in obstacles]
    return Conflict(
        "Something is not finished yet: " + " ".join(each.message for each in obstacles),
        code="unfinished",
        details={"obstacles": listed},
    )
