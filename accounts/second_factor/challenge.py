"""Between the two steps of a sign-in: a signed, short-lived note that somebody knew the password.

It opens nothing by itself; with a code that was not used before it becomes a sign-in.
"""

from django.conf import settings
from django.core import signing

from accounts.access_log import signing_in
from accounts.lockout import JustLocked
from accounts.rules.roles import UserStatus
from accounts.second_factor import codes
from accounts.tables import User
from atlas.errors import Unauthenticated

SALT = "second-factor.challenge"
LONGEST = 512


def issue(user: User) -> str:
    """For the user who has just given their password."""
    return signing.dumps([user.id, user.credentials_epoch], key=settings.TOKEN_KEY, salt=SALT)


def holder(challenge: str) -> User:
    """Who has given their password, as they are now. Raises `Unauthenticated` (`challenge_expired`)."""
    if len(challenge) > LONGEST:
        raise _expired()
    try:
        user_id, epoch = signing.loads(challenge, key=settings.TOKEN_KEY, salt=SALT, max_age=settings.CHALLENGE_LIFE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _expired() from error
    user = User.find(user_id, consistent=True)
    if user is None or user.status != UserStatus.ACTIVE or user.credentials_epoch != epoch:
        raise _expired()
    if user.second_factor_at is None:
        raise _expired()
    return user


def redeem(challenge: str, code: str) -> User:
    """The user who has given both. Raises `Unauthenticated` (`challenge_expired`, `invalid_code`), `TooMany`."""
    user = holder(challenge)
    try:
        good = codes.spend(user.id, code)
    except JustLocked:
        signing_in.locked_out(user, what="code")
        raise
    if not good:
        signing_in.failed(user, why="code")
        raise Unauthenticated("This code is wrong, or was used before.", code="invalid_code")
    return user


def required(user: User) -> Unauthenticated:
    """What a client of the API gets for the right password alone."""
    return Unauthenticated(
        "Enter a code of your authenticator app, or a recovery code.",
        code="second_factor_required",
        details={"challenge": issue(user), "expiresIn": int(settings.CHALLENGE_LIFE.total_seconds())},
    )


def _expired() -> Unauthenticated:
    return Unauthenticated("That took too long. Sign in again.", code="challenge_expired")
