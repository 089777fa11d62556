"""Where a user is signed in: browsers and clients of the API in one list, and the end of one or of all but one.

It works at once: the next request of what was ended is a stranger's, and its open sockets close. `key` is what
`atlas.live` knows a sign-in by: the id of a session's row or of a token family; `id` is its name for people and the
API, which for a browser says nothing of the row.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, logout, update_session_auth_hash
from django.utils.crypto import constant_time_compare

from accounts import access_log, sign_in, staff
from accounts.devices import device_name
from accounts.models import User
from accounts.sessions import SessionStore
from accounts.tables import Session, TokenFamily
from accounts.tables import User as UserItem
from accounts.tokens import Token
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import NotFound
from atlas.live.publish import sign_out as close_sockets
from atlas.origin import origin_of

NEWEST = 50
"""So many browsers and so many clients are shown; all of them end when all others are ended."""


class Kind(StrEnum):
    BROWSER = "BROWSER"
    API = "API"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One device; `last_seen_at` is known to some minutes."""

    id: str
    key: str
    kind: Kind
    user_agent: str
    ip_address: str
    signed_in_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = False

    @property
    def device(self) -> str:
        return device_name(self.user_agent)


def current_key(request: Any) -> str | None:
    """The sign-in by which a request comes: a page's or the API's."""
    token = getattr(request, "auth", None)
    if isinstance(token, Token):
        return token.family_id
    session = getattr(request, "session", None)
    return session.row_id if isinstance(session, SessionStore) else None


def sign_ins(*, user: CurrentUser, current: str | None = None) -> list[SignIn]:
    """One's own, this one first, then by when they were last seen. As many as are shown: `NEWEST` of each kind."""
    item = UserItem.fetch(user.id)
    found = [_browser(row, current) for row in _browsers(item)] + [_client(each, current) for each in _clients(item)]
    return sorted(found, key=lambda each: (each.current, each.last_seen_at), reverse=True)


def end(*, user: CurrentUser, sign_in_id: str) -> SignIn:
    """End one of one's own. Raises `NotFound` for what is none, not any more, or somebody else's."""
    ended = next((each for each in sign_ins(user=user) if each.id == sign_in_id), None)
    if ended is None:
        raise NotFound
    if ended.kind is Kind.API:
        sign_in.sign_out(family_id=ended.key)
    else:
        _tell(user)
        Session(ended.key).delete(add_version_condition=False)
        close_sockets(user.id, only=ended.key)
    return ended


@retried
def end_others(*, user: CurrentUser, keep: str | None) -> UserItem:
    """End all but the one of this key, however many there are. A page goes on by `keep_session`."""
    item = UserItem.fetch(user.id)
    with transact() as tx:
        end_all_but(tx, item, keep)
    return item


def end_all_but(tx: Transaction, item: UserItem, keep: str | None) -> None:
    """In the caller's transaction: `item` is saved under a new epoch, with which a kept API client moves along.

    A kept page's session goes on when its hash is renewed (`keep_session`). Calendar addresses end too.
    """
    item.credentials_epoch += 1
    tx.save(item)
    family = TokenFamily.find(keep, consistent=True) if keep and not _is_row_id(keep) else None
    if family is not None and family.user_id == item.id:
        family.credentials_epoch = item.credentials_epoch
        tx.save(family)
    tx.on_commit(lambda: _close_others(item.id, keep))


def keep_session(request: Any, item: UserItem) -> None:
    """The page on which the password or the epoch was changed stays signed in, under a new key of its own."""
    if not isinstance(getattr(request, "auth", None), Token):
        update_session_auth_hash(getattr(request, "_request", request), User.from_item(item))


def note_origin(request: Any) -> None:
    """Right after somebody has signed in on a page: what the list will say of it."""
    if isinstance(request.session, SessionStore):
        request.session.sign_in_from(origin_of(request))


def leave(request: Any) -> None:
    """Sign out where the request comes from, and there alone."""
    user, key = request.user, current_key(request)
    if isinstance(getattr(request, "auth", None), Token):
        sign_in.sign_out(family_id=str(key))
        return
    if user.is_authenticated:
        _tell(user)
    logout(getattr(request, "_request", request))
    if user.is_authenticated and key is not None:
        close_sockets(user.id, only=key)


def sign_ins_of(*, actor: CurrentUser | None, user_id: str) -> list[SignIn]:
    """Somebody's, for staff. `actor` None is the platform itself."""
    user = _whom(actor, "view", user_id)
    return sign_ins(user=user)


def end_of(*, actor: CurrentUser | None, user_id: str, sign_in_id: str) -> SignIn:
    """End one of somebody's, for staff."""
    return end(user=_whom(actor, "revoke_sessions", user_id), sign_in_id=sign_in_id)


def _tell(user: Any) -> None:
    """A browser's sign-out, before it is done: killed in between, one is told that may be repeated, and none is lost.

    (An API client's is told by the row that it ends.)
    """
    access_log.record(access_log.Deed.SIGN_OUT, object=f"users:{user.id}", subject_id=user.id)


def end_all_of(*, actor: CurrentUser | None, user_id: str) -> None:
    """Sign somebody out everywhere, for staff."""
    end_others(user=_whom(actor, "revoke_sessions", user_id), keep=None)


def is_signed_in(user: CurrentUser, key: str) -> bool:
    """Whether a sign-in still counts: what open sockets ask now and then, should they have missed its end."""
    if _is_row_id(key):
        item, row = get_many((UserItem, user.id), (Session, key), consistent=True)
        return item is not None and row is not None and _is_open(row, User.from_item(item))
    item, family = get_many((UserItem, user.id), (TokenFamily, key), consistent=True)
    return item is not None and family is not None and sign_in.counts(family, item)


def _browsers(item: UserItem) -> list[Session]:
    keys = list(Session.user_index.query(item.id, scan_index_forward=False, limit=NEWEST))
    user = User.from_item(item)
    return [row for row in get_many(*((Session, key.id) for key in keys)) if row is not None and _is_open(row, user)]


def _clients(user: UserItem) -> list[TokenFamily]:
    keys = list(TokenFamily.user_index.query(user.id, scan_index_forward=False, limit=NEWEST))
    found = get_many(*((TokenFamily, key.id) for key in keys))
    return [family for family in found if family is not None and sign_in.counts(family, user)]


def _is_open(row: Session, user: User) -> bool:
    given = SessionStore().decode(row.data).get(HASH_SESSION_KEY, "")
    return (
        row.user_id == user.id
        and row.expires_at > utc_now()
        and constant_time_compare(given, user.get_session_auth_hash())
    )


def _browser(row: Session, current: str | None) -> SignIn:
    return SignIn(
        id=public_id(row.id),
        key=row.id,
        kind=Kind.BROWSER,
        user_agent=row.user_agent,
        ip_address=row.ip_address,
        signed_in_at=row.signed_in_at or row.created_at,
        last_seen_at=row.updated_at,
        expires_at=row.expires_at,
        current=row.id == current,
    )


def _client(family: TokenFamily, current: str | None) -> SignIn:
    """Last seen when its tokens were renewed, every quarter of an hour while it is at work."""
    return SignIn(
        id=family.id,
        key=family.id,
        kind=Kind.API,
        user_agent=family.user_agent,
        ip_address=family.ip_address,
        signed_in_at=family.created_at,
        last_seen_at=family.updated_at,
        expires_at=family.expires_at,
        current=family.id == current,
    )


def public_id(row_id: str) -> str:
    return str(UUID(row_id[:32], version=4))


def _is_row_id(key: str) -> bool:
    return "-" not in key


def _close_others(user_id: str, keep: str | None) -> None:
    close_sockets(user_id, but=keep)


def _whom(actor: CurrentUser | None, verb: str, user_id: str) -> UserItem:
    item = UserItem.fetch(user_id)
    staff.require(actor, verb, staff.ON_PEOPLE, item)
    return item
