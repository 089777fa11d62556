"""Signing in, staying signed in and signing out."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from uuid import uuid4

from django.conf import settings

from accounts import lockout, passwords, tokens
from accounts.access_log import signing_in
from accounts.rules.roles import UserStatus
from accounts.second_factor import challenge
from accounts.selectors import user_by_email
from accounts.tables import TokenFamily, User
from accounts.tokens import Token
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.table import expiry
from atlas.dynamo.transaction import Lost, retried, transact
from atlas.errors import Forbidden, Unauthenticated
from atlas.live.publish import sign_out as close_sockets
from atlas.origin import Origin


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a client gets; `expires_in` is the access token's life in seconds."""

    user: User
    access_token: str
    refresh_token: str
    expires_in: int


def verify(*, email: str, password: str, origin: Origin) -> User:
    """The active user of this e-mail and password.

    Raises `Unauthenticated` (`invalid_credentials`: the same answer, after the same work, for an unknown address and
    a wrong password), `Forbidden` (`account_suspended`) only to who knows the password, `TooMany` after failures.
    """
    try:
        lockout.count_try(email, origin.ip_address)
    except lockout.JustLocked:
        signing_in.locked_out(user_by_email(email), email=email, what="password")
        raise
    user = user_by_email(email)
    correct, outdated = passwords.verify(password, user)
    if user is None or not correct:
        signing_in.failed(user, email=email, why="password")
        raise Unauthenticated("E-mail or password is wrong.", code="invalid_credentials")
    lockout.forgive(email, origin.ip_address)
    if user.status != UserStatus.ACTIVE:
        signing_in.failed(user, why="suspended")
        raise Forbidden("This account is suspended. Contact support.", code="account_suspended")
    if outdated:
        user.password_hash = passwords.hashed(password)  # saved with the sign-in that follows
    return user


def sign_in(*, email: str, password: str, origin: Origin) -> SignedIn:
    """Sign in a client of the API: a new family of tokens, and `lastLogin`, in one transaction.

    With a second factor the password is the first step: `Unauthenticated` (`second_factor_required`) has a challenge.
    """
    user = verify(email=email, password=password, origin=origin)
    if user.second_factor_at is not None:
        raise challenge.required(user)
    return enter(user, origin=origin)


def enter(user: User, *, origin: Origin) -> SignedIn:
    """The tokens of a user who has shown who they are."""
    token = Token(user.id, str(uuid4()))
    now = utc_now()
    refresh_token = tokens.issue_refresh(token, now=now)
    family = TokenFamily(
        id=token.family_id,
        user_id=user.id,
        refresh_hash=tokens.fingerprint(refresh_token),
        credentials_epoch=user.credentials_epoch,
        user_agent=origin.user_agent,
        ip_address=origin.ip_address,
        expires_at=expiry(now, settings.REFRESH_TOKEN_LIFE),
    )
    return _signed_in(record_sign_in(user, family), token, refresh_token, now)


def record_sign_in(user: User, family: TokenFamily | None = None) -> User:
    """Write `lastLogin`, with the family where there is one. Raises `Unauthenticated` for credentials changed since."""
    try:
        return _record(user, family)
    except Lost:  # two devices at once, or an edited profile: only what matters to a sign-in counts
        return _record_again(user.id, user.credentials_epoch, family)


@retried
def _record_again(user_id: str, epoch: int, family: TokenFamily | None) -> User:
    user = User.fetch(user_id)
    if user.status != UserStatus.ACTIVE or user.credentials_epoch != epoch:
        raise Unauthenticated("E-mail or password is wrong.", code="invalid_credentials")
    return _record(user, family)


def _record(user: User, family: TokenFamily | None) -> User:
    user.last_login = utc_now()
    with transact() as tx:
        tx.save(user)
        if family is not None:
            tx.create(family)
    return user


@retried
def refresh(*, refresh_token: str) -> SignedIn:
    """The next pair of tokens. A refresh token is good once.

    One that was used before was copied: its family ends, for the thief and for the owner, who signs in again
    (`Unauthenticated`, `token_replayed`).
    """
    token = tokens.read(refresh_token, tokens.REFRESH)
    user, family = get_many((User, token.user_id), (TokenFamily, token.family_id), consistent=True)
    now = utc_now()
    if user is None or family is None or family.user_id != user.id or family.expires_at <= now:
        raise tokens.invalid_token()
    if not compare_digest(family.refresh_hash, tokens.fingerprint(refresh_token)):
        sign_out(family_id=family.id)
        raise Unauthenticated("This refresh token was used before. Sign in again.", code="token_replayed")
    if not counts(family, user):
        raise tokens.invalid_token()
    successor = tokens.issue_refresh(token, now=now)
    family.refresh_hash = tokens.fingerprint(successor)
    family.expires_at = expiry(now, settings.REFRESH_TOKEN_LIFE)
    with transact() as tx:
        tx.save(family)  # under its version: of two at once, one is the replay
    return _signed_in(user, token, successor, now)


def counts(family: TokenFamily, user: User) -> bool:
    """Whether an API client's sign-in is still good."""
    return (
        family.user_id == user.id
        and family.revoked_at is None
        and family.expires_at > utc_now()
        and user.status == UserStatus.ACTIVE
        and user.credentials_epoch == family.credentials_epoch
    )


@retried
def sign_out(*, family_id: str) -> None:
    """End one device's sign-in. Its access tokens and its open sockets end with it, at once."""
    family = TokenFamily.find(family_id, consistent=True)
    if family is None or family.revoked_at:
        return
    family.revoked_at = utc_now()
    with transact() as tx:
        tx.save(family)
        tx.on_commit(lambda: _close_sockets(family))


def _close_sockets(family: TokenFamily) -> None:
    close_sockets(family.user_id, only=family.id)


def _signed_in(user: User, token: Token, refresh_token: str, now: datetime) -> SignedIn:
    life = int(settings.ACCESS_TOKEN_LIFE.total_seconds())
    return SignedIn(user, tokens.issue_access(token, now=now), refresh_token, life)
