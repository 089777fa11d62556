"""Who makes a request: by session cookie (pages), by bearer token (API, sockets).

Each request asks DynamoDB whether the user is still active and their sign-in still good, so suspension, deletion, a
password change or a sign-out end it at once. A bearer request costs one BatchGetItem. It may be read a moment late,
so a *no* is confirmed by a strongly consistent read before anybody is turned away: a token is good the instant it
is issued.
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework import authentication
from rest_framework.request import Request

from accounts import sign_in, tokens
from accounts.models import User
from accounts.rules.roles import UserStatus
from accounts.tables import TokenFamily
from accounts.tables import User as UserItem
from accounts.tokens import Token
from atlas.dynamo.many import get_many
from atlas.errors import AtlasError, Forbidden, Unauthenticated
from atlas.origin import origin_of

SCHEME = "bearer"


class Backend(BaseBackend):
    """Django's way in: the sign-in page and the admin."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> User | None:
        """The user of an e-mail (`username` to Django's own forms) and password, or None."""
        address = email or username
        if address is None or password is None:
            return None
        try:
            found = sign_in.verify(email=address, password=password, origin=origin_of(request))
        except AtlasError as error:
            raise PermissionDenied from error  # no other backend shall try
        if found.second_factor_at is not None:
            raise PermissionDenied  # this way knows no code: they sign in on the page
        return User.from_item(found)

    def get_user(self, user_id: str) -> User | None:
        """The user of a session while they are active; what ends sessions by epoch is their session hash."""
        item = UserItem.find(user_id, consistent=True)
        return User.from_item(item) if item and item.status == UserStatus.ACTIVE else None


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <accessToken>`. `request.auth` is the `Token`."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = tokens.read(encoded.strip(), tokens.ACCESS)
        user = user_of(token)
        if user is None:
            raise tokens.invalid_token()
        check_enrolment(request, user)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The pages' session, with CSRF on everything that writes."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found: tuple[Any, None] | None = super().authenticate(request)
        if found is not None:
            check_enrolment(request, found[0])
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def check_enrolment(request: Request, user: User) -> None:
    """Staff who must set up a second factor first may do that and nothing else (`before_enrolment` of a view)."""
    view = (request.parser_context or {}).get("view")
    if user.must_enrol and not getattr(view, "before_enrolment", False):
        raise Forbidden("Set up your second factor first.", code="second_factor_enrolment_required")


def user_of(token: Token) -> User | None:
    """The user whom a checked access token still speaks for."""
    return _user_of(token, consistent=False) or _user_of(token, consistent=True)


def _user_of(token: Token, *, consistent: bool) -> User | None:
    user, family = get_many((UserItem, token.user_id), (TokenFamily, token.family_id), consistent=consistent)
    if user is None or family is None or not sign_in.counts(family, user):
        return None
    found = User.from_item(user)
    found.session_id = family.id
    return found


async def user_for_token(token: str) -> User | None:
    """The user of an access token, for sockets; None for one that does not count (any more)."""
    return await sync_to_async(_user_for_token, thread_sensitive=False)(token)


def _user_for_token(token: str) -> User | None:
    try:
        return user_of(tokens.read(token, tokens.ACCESS))
    except Unauthenticated:
        return None
