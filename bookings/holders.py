"""Links that somebody holds without signing in: signed for one user, void once their password has changed."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing

from accounts.rules.roles import UserStatus
from accounts.tables import User
from atlas.errors import NotFound


def token_for(user: User, *about: str, salt: str) -> str:
    return signing.dumps([user.id, user.credentials_epoch, *about], key=settings.TOKEN_KEY, salt=salt)


def holder(token: str, *, salt: str, life: timedelta | None = None) -> tuple[User, list[Any]]:
    """Whose link it is, and what it is about. Raises `NotFound` for one that is not, or no longer, good."""
    try:
        user_id, epoch, *about = signing.loads(token, key=settings.TOKEN_KEY, salt=salt, max_age=life)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    user = User.find(user_id)
    if user is None or user.status is not UserStatus.ACTIVE or user.credentials_epoch != epoch:
        raise NotFound
    return user, about
