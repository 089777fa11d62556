"""Access and refresh tokens: signed JWTs that name a user (`sub`) and the sign-in they grew from (`fam`).

A signature says only that we made it; whether it still counts is a question to the user and the family, asked at each
request (accounts.authentication) or refresh (accounts.sign_in).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import jwt
from django.conf import settings

from atlas.errors import Unauthenticated

ALGORITHM = "HS256"
ISSUER = "atlas"
ACCESS, REFRESH = "atlas-access", "atlas-refresh"
LONGEST = 2048
REQUIRED = ["sub", "fam", "iat", "exp", "aud", "iss"]


@dataclass(frozen=True, slots=True)
class Token:
    """A checked token's claims."""

    user_id: str
    family_id: str


def issue_access(token: Token, *, now: datetime) -> str:
    return _sign(token, ACCESS, now, settings.ACCESS_TOKEN_LIFE)


def issue_refresh(token: Token, *, now: datetime) -> str:
    """Different each time, so that one that was used before can be told from its successor."""
    return _sign(token, REFRESH, now, settings.REFRESH_TOKEN_LIFE, jti=str(uuid4()))


def read(encoded: str, audience: str) -> Token:
    """The claims of one of our tokens. Raises `Unauthenticated` (`token_expired`, `invalid_token`)."""
    if len(encoded) > LONGEST:
        raise invalid_token()
    try:
        claims = jwt.decode(
            encoded,
            settings.TOKEN_KEY,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            options={"require": REQUIRED},
        )
        token = Token(_id(claims["sub"]), _id(claims["fam"]))
    except jwt.ExpiredSignatureError as error:
        raise Unauthenticated("The token has expired.", code="token_expired") from error
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise invalid_token() from error
    return token


def invalid_token() -> Unauthenticated:
    return Unauthenticated("The token is not valid (any more). Sign in again.", code="invalid_token")


def fingerprint(encoded: str) -> str:
    """What is stored of a refresh token: enough to know it again, useless to a thief of the table."""
    return sha256(encoded.encode()).hexdigest()


def _id(claim: Any) -> str:
    return str(UUID(claim))


def _sign(token: Token, audience: str, now: datetime, life: timedelta, **more: Any) -> str:
    claims = {
        "sub": token.user_id,
        "fam": token.family_id,
        "iat": int(now.astimezone(UTC).timestamp()),
        "exp": int((now + life).timestamp()),
        "aud": audience,
        "iss": ISSUER,
        **more,
    }
    return jwt.encode(claims, settings.TOKEN_KEY, algorithm=ALGORITHM)
