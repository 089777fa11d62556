"""Who somebody is, to the registry: a person that is here, or one that was."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace

from accounts.privacy.marks import Kind, Mark, Marks
from accounts.privacy.registry import Subject, parts
from accounts.privacy.tables import Erasure, ErasureProof, MarkDocument
from accounts.rules.roles import UserStatus
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound

SALT_BYTES = 32
NOTHING = Marks(b"", ())


def subject_of(user: User) -> Subject:
    """Somebody who is here, by all they are known by."""
    bare = Subject(user.id, user.role, user.profile_id, NOTHING)
    known = [*_own(user), *(known for part in parts() if part.known_by for known in part.known_by(bare))]
    return Subject(user.id, user.role, user.profile_id, Marks.of(known, salt=secrets.token_bytes(SALT_BYTES)))


def erased_subject(erasure: Erasure) -> Subject:
    """Somebody who was: by the proof of their erasure, as long as it is kept."""
    return Subject(erasure.id, erasure.role, erasure.profile_id, _kept_marks(erasure.id))


def find_subject(user_id: str) -> Subject:
    """Whichever it is. Raises `NotFound`."""
    user = User.find(user_id, consistent=True)
    if user is not None and user.status is not UserStatus.DELETED:
        return subject_of(user)
    erasure = Erasure.find(user_id, consistent=True)
    if erasure is not None:
        return erased_subject(erasure)
    if user is None:
        raise NotFound
    return Subject(user.id, user.role, user.profile_id, NOTHING)  # erased before there were erasures


def with_values(subject: Subject, values: Iterable[tuple[Kind, str]]) -> tuple[Subject, ...]:
    """The person, and the same person by these values alone: each set of marks has a salt of its own."""
    given = list(values)
    if not given:
        return (subject,)
    marks = Marks.of(given, salt=secrets.token_bytes(SALT_BYTES))
    return tuple(each for each in (subject, replace(subject, marks=marks)) if each.marks.all)


def proof_of(subject: Subject) -> list[MarkDocument]:
    """The marks as they are stored."""
    return [
        MarkDocument(kind=mark.kind, length=mark.length, whole=mark.whole, mac=mark.mac) for mark in subject.marks.all
    ]


def _own(user: User) -> Iterator[tuple[Kind, str]]:
    yield Kind.EMAIL, user.email
    yield Kind.PHONE, user.phone
    yield Kind.NAME, user.name
    yield Kind.VALUE, user.avatar


def _kept_marks(user_id: str) -> Marks:
    proof = ErasureProof.find(user_id, consistent=True)
    if proof is None or proof.expires_at <= utc_now():
        return NOTHING
    return Marks(proof.salt, tuple(Mark(each.kind, each.length, each.whole, each.mac) for each in proof.marks))
