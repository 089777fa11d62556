"""What accounts themselves hold about a person: the user, and every way in which they are signed in."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import is_password_usable

from accounts import passwords
from accounts.access_log import erasing
from accounts.access_log.tables import AccessEntry
from accounts.holds import privacy as holds
from accounts.privacy.redaction import show_without
from accounts.privacy.registry import Holding, Part, Subject, everything
from accounts.privacy.tables import Erasure, ErasureProof
from accounts.rules.email import claim
from accounts.tables import SecondFactor, Session, TokenFamily, User, UserSettings
from atlas.dynamo.many import get_many
from atlas.tables import Unique

TOLD = frozenset({"object", "moment", "deed", "subjectId", "actorRole", "resource", "via", "fields", "change"})
"""Of an entry of the access log, what its person is shown beside their own values."""
NAMELESS = "Deleted user"
SAFETY = "To let the person in, and nobody else (contract; safety of the processing)"


def nameless_address(user_id: str) -> str:
    """Where an address must stand: of a domain that never exists (RFC 2606)."""
    return f"{user_id}@deleted.invalid"


def forget_user(subject: Subject, user: User) -> None:
    """Leaves the role, the times and the id, by which bookings and books stay whole."""
    user.name = NAMELESS
    user.email = nameless_address(user.id)
    user.phone = user.avatar = ""
    user.settings = UserSettings()
    user.last_login = user.second_factor_at = None
    if is_password_usable(user.password_hash):
        user.password_hash = passwords.hashed(None)


def _user(subject: Subject) -> Iterator[User]:
    found = User.find(subject.user_id, consistent=True)
    if found is not None:
        yield found


def _claims(subject: Subject) -> Iterator[Unique]:
    for user in _user(subject):
        held = Unique.find(claim(user.email), consistent=True)
        if held is not None and held.owner_id == subject.user_id:
            yield held


def _second_factor(subject: Subject) -> Iterator[SecondFactor]:
    found = SecondFactor.find(subject.user_id, consistent=True)
    if found is not None:
        yield found


def _sessions(subject: Subject) -> Iterator[Session]:
    yield from _by_keys(Session, Session.user_index.query(subject.user_id))


def _families(subject: Subject) -> Iterator[TokenFamily]:
    yield from _by_keys(TokenFamily, TokenFamily.user_index.query(subject.user_id))


def _erasure(subject: Subject) -> Iterator[Erasure]:
    found = Erasure.find(subject.user_id, consistent=True)
    if found is not None:
        yield found


def _proof(subject: Subject) -> Iterator[ErasureProof]:
    found = ErasureProof.find(subject.user_id, consistent=True)
    if found is not None:
        yield found


def _entries(subject: Subject) -> Iterator[AccessEntry]:
    yield from erasing.entries_of(subject.user_id)


def _forget_entry(subject: Subject, entry: AccessEntry) -> None:
    """The values of their data, and from where they acted; that it was done stays."""
    if entry.subject_id == subject.user_id:
        entry.personal = None
    if entry.actor_id == subject.user_id:
        entry.whence = None


def _show_entry(subject: Subject, entry: AccessEntry) -> dict[str, Any] | None:
    """What was done with their data, and what they did; not from where others acted, nor others' data."""
    shown = {name: value for name, value in (everything(subject, entry) or {}).items() if name in TOLD}
    for part, owner in (("personal", entry.subject_id), ("whence", entry.actor_id)):
        if owner == subject.user_id and (text := getattr(entry, part)):
            shown[part] = {name: value for name, value in json.loads(text).items() if name != "salt"}
    return shown


def _by_keys(table: type[Any], keys: Any) -> Iterator[Any]:
    found = get_many(*((table, key.id) for key in keys), consistent=True)
    yield from (item for item in found if item is not None)


PART = Part(
    gate=holds.gate,
    holdings=(
        holds.HOLDING,
        Holding(
            table=AccessEntry,
            what="Who read or changed the person's data, and what the person did: when, from where, before and after",
            why="Security of the processing, and to account for it (legal obligation)",
            found_by="`subject-index` `subjectId`, `actor-index` `actorId`",
            erased="Values and addresses are taken out; that something was done stays, by ids, and the chain holds",
            find=_entries,
            forget=_forget_entry,
            write=lambda subject, _: erasing.erase(user_id=subject.user_id),
            show=_show_entry,
            last=True,
        ),
        Holding(
            table=User,
            what="Name, e-mail address, phone, picture, settings, role, last sign-in",
            why="To have an account at all (contract)",
            found_by="GetItem `id`",
            erased="Emptied in the transaction that ends the account; role, times and id stay for bookings and books",
            find=_user,
            forget=forget_user,
            secret=frozenset({"passwordHash"}),
        ),
        Holding(
            table=Unique,
            what="The e-mail address, claimed for the account",
            why="No two accounts have one address (contract)",
            found_by="GetItem `key` = `email:<address>`",
            erased="Deleted in the same transaction: the address is free at once",
            find=_claims,
            deletes=True,
        ),
        Holding(
            table=SecondFactor,
            what="The secret of one-time codes and recovery codes",
            why=SAFETY,
            found_by="GetItem `userId`",
            erased="Deleted",
            find=_second_factor,
            deletes=True,
            secret=frozenset({"secret", "recoveryHashes"}),
        ),
        Holding(
            table=Session,
            what="Browsers in which the person is signed in: address, program, times",
            why=SAFETY,
            found_by="`user-index` `userId`",
            erased="Void in the transaction that ends the account, then deleted",
            find=_sessions,
            deletes=True,
            secret=frozenset({"id", "data"}),
        ),
        Holding(
            table=TokenFamily,
            what="Devices in which the person is signed in: address, program, times",
            why=SAFETY,
            found_by="`user-index` `userId`",
            erased="Void in the transaction that ends the account, then deleted",
            find=_families,
            deletes=True,
            secret=frozenset({"refreshHash"}),
        ),
        Holding(
            table=Erasure,
            what="That the person was forgotten, by whose wish and when; names nobody",
            why="To show that the duty was done (legal obligation)",
            found_by="GetItem `id`",
            erased="Kept as the evidence; a reason that names the person is stored without the name",
            find=_erasure,
        ),
        Holding(
            table=ErasureProof,
            what="Keyed fingerprints of the erased e-mail address, phone numbers and names",
            why="To prove that nothing of them is left (legal obligation)",
            found_by="GetItem `id`",
            erased="Ends by itself, and the key with it; no value can be read from it",
            find=_proof,
            show=show_without("salt", "marks"),
        ),
    ),
)
