"""Signed-in clients of the API, with true access tokens: what a request costs and may do includes who asks."""

from uuid import uuid4

from django.conf import settings
from rest_framework.test import APIClient

from accounts import tokens
from accounts.tables import TokenFamily, User
from accounts.tokens import Token
from atlas.dynamo.attributes import utc_now


def access_token(user: User) -> str:
    """A token of a sign-in of its own, for users without a password too."""
    token = Token(user.id, str(uuid4()))
    now = utc_now()
    TokenFamily(
        id=token.family_id,
        user_id=user.id,
        refresh_hash="",
        credentials_epoch=user.credentials_epoch,
        expires_at=now + settings.REFRESH_TOKEN_LIFE,
    ).save()
    return tokens.issue_access(token, now=now)


def client_of(user: User | None) -> APIClient:
    """A client of this user, or of a stranger. A bug is its 500, not an exception in the test."""
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}")
    return client
