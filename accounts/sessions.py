"""Django's sessions in DynamoDB (`SESSION_ENGINE`): read by one GetItem, written only when something changed.

The row's id is the hash of the cookie's key, so a copy of the table opens no session. Its TTL lags, so expiry is
checked on read. A session that was deleted (signed out, revoked) is never written again by a request that was under
way. Where and by what somebody signed in is kept in the row's own attributes, for the list of `accounts.signed_in`.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils.crypto import get_random_string
from pynamodb.exceptions import PutError
from pynamodb.exceptions import UpdateError as WriteRefused
from pynamodb.expressions.update import Action

from accounts.tables import Session
from atlas.dynamo.attributes import instant_text, utc_now
from atlas.origin import Origin

KEY_LENGTH = 32
KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
DEVICE = "_device"
"""Where the data says from what and since when one is signed in: it outlives a change of the key."""


class SessionStore(SessionBase):
    """One browser's session."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._is_new = False
        self.seen_at: datetime | None = None
        """Of the row that was read: when it was last written."""

    @property
    def row_id(self) -> str | None:
        """The id of its row; None while there is none."""
        return _hashed(self.session_key) if self.session_key else None

    def load(self) -> dict[str, Any]:
        item = _find(self.session_key)
        if item is None:
            self._session_key = None
            return {}
        self.seen_at = item.updated_at
        data: dict[str, Any] = self.decode(item.data)
        return data

    def exists(self, session_key: str) -> bool:
        return _find(session_key) is not None

    def create(self) -> None:
        """A new key. The row is written once, by `save` when there is something to keep, and must be new then."""
        self._session_key = get_random_string(KEY_LENGTH, KEY_CHARACTERS)
        self._session_cache: dict[str, Any] = {}
        self._is_new = True
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if self.session_key is None:
            self.create()
            self._session_cache = data
        if must_create or self._is_new:
            self._insert(data)
        else:
            self._replace(data)
        self._is_new = False

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session(_hashed(key)).delete(add_version_condition=False)

    @classmethod
    def clear_expired(cls) -> None:
        """DynamoDB's TTL does it."""

    def sign_in_from(self, origin: Origin) -> None:
        """Note from where somebody has just signed in."""
        self[DEVICE] = {
            "userAgent": origin.user_agent,
            "ipAddress": origin.ip_address,
            "signedInAt": instant_text(utc_now()),
        }

    @property
    def is_due(self) -> bool:
        """Whether it was last seen so long ago that it should be written down."""
        return (
            self.seen_at is not None and not self.modified and utc_now() - self.seen_at >= settings.SESSION_SEEN_EVERY
        )

    def see(self, origin: Origin) -> None:
        """Write down that it is used now, and from where."""
        actions: list[Action] = [
            Session.updated_at.set(utc_now()),
            Session.ip_address.set(origin.ip_address),
            Session.user_agent.set(origin.user_agent),
        ]
        try:
            Session(self.row_id).update(actions, Session.id.exists(), add_version_condition=False)
        except WriteRefused as error:
            if not _refused(error):  # it was revoked a moment ago otherwise
                raise

    def _insert(self, data: dict[str, Any]) -> None:
        item = Session(
            id=self.row_id,
            data=self.encode(data),
            user_id=data.get(SESSION_KEY),
            expires_at=self.get_expiry_date().replace(microsecond=0),
            **_device(data),
        )
        try:
            item.save(Session.id.does_not_exist())
        except PutError as error:
            raise (CreateError() if _refused(error) else error) from error

    def _replace(self, data: dict[str, Any]) -> None:
        user_id = data.get(SESSION_KEY)
        actions: list[Action] = [
            Session.data.set(self.encode(data)),
            Session.user_id.set(user_id) if user_id else Session.user_id.remove(),
            Session.expires_at.set(self.get_expiry_date().replace(microsecond=0)),
            Session.updated_at.set(utc_now()),
        ]
        try:
            Session(self.row_id).update(actions, Session.id.exists(), add_version_condition=False)
        except WriteRefused as error:
            raise (UpdateError() if _refused(error) else error) from error


def _device(data: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a row that tell of a sign-in; nothing for a session of nobody."""
    if SESSION_KEY not in data:
        return {}
    known = data.get(DEVICE, {})
    since = known.get("signedInAt")
    return {
        "user_agent": known.get("userAgent", ""),
        "ip_address": known.get("ipAddress", ""),
        "signed_in_at": datetime.fromisoformat(since) if since else utc_now(),
    }


def _find(session_key: str | None) -> Session | None:
    """The live session of a key. A *no* is confirmed: one written a moment ago may not be readable everywhere yet."""
    if not session_key:
        return None
    row = _hashed(session_key)
    item = Session.find(row) or Session.find(row, consistent=True)
    return item if item is not None and item.expires_at > utc_now() else None


def _hashed(session_key: str) -> str:
    return sha256(session_key.encode()).hexdigest()


def _refused(error: PutError | WriteRefused) -> bool:
    return error.cause_response_code == "ConditionalCheckFailedException"
