"""Forgetting a person without breaking the chain: the erasable parts go, their digests stay, and an entry says why."""

from collections.abc import Iterator
from itertools import chain

from pynamodb.exceptions import UpdateError

from accounts.access_log.deeds import Deed
from accounts.access_log.tables import AccessEntry
from accounts.access_log.writing import entry
from accounts.users import CurrentUser
from atlas.dynamo.many import get_many

PAGE = 100


def erase(*, user_id: str, actor: CurrentUser | None = None) -> int:
    """Take out what entries hold of a person: values of their own, and from where they acted. Returns how many.

    Called again it goes on where it was cut off, and finds nothing when it is done. A sealed entry stays valid: its
    digest covers a salted, keyed digest of each part, and the salt goes with the part.
    """
    waiting = (each for each in entries_of(user_id) if _due(each, user_id))
    first = next(waiting, None)
    if first is None:
        return 0
    leave = entry(Deed.ERASED, object=f"users:{user_id}", subject_id=user_id, actor=actor)
    if leave.actor_id == user_id:
        leave.whence = leave.whence_digest = None  # nothing new of a person who leaves
    leave.save()
    named = f"{leave.object_} {leave.moment}"
    return sum(_erase(each, user_id, named) for each in chain([first], waiting))


def holds_nothing_of(user_id: str) -> bool:
    """Whether everything erasable of this person is gone."""
    return not any(_due(each, user_id) for each in entries_of(user_id))


def entries_of(user_id: str) -> Iterator[AccessEntry]:
    """Every entry about a person or by them, by two indexes; one that is both comes twice."""
    for index in (AccessEntry.subject_index, AccessEntry.actor_index):
        keys: list[tuple[str, str]] = []
        for found in index.query(user_id, page_size=PAGE):
            keys.append((found.object_, found.moment))
            if len(keys) == PAGE:
                yield from _load(keys)
                keys = []
        yield from _load(keys)


def _load(keys: list[tuple[str, str]]) -> Iterator[AccessEntry]:
    found = get_many(*((AccessEntry, key) for key in keys), consistent=True)
    return (each for each in found if each is not None)


def _due(found: AccessEntry, user_id: str) -> bool:
    return (found.subject_id == user_id and found.personal is not None) or (
        found.actor_id == user_id and found.whence is not None
    )


def _erase(found: AccessEntry, user_id: str, leave: str) -> bool:
    actions = []
    if found.subject_id == user_id and found.personal is not None:
        actions += [AccessEntry.personal.remove(), AccessEntry.personal_erased_by.set(leave)]
    if found.actor_id == user_id and found.whence is not None:
        actions += [AccessEntry.whence.remove(), AccessEntry.whence_erased_by.set(leave)]
    try:
        AccessEntry._get_connection().update_item(
            found.object_, found.moment, actions=actions, condition=AccessEntry.digest.exists()
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False  # expired meanwhile
    return True
