"""The API of where one is signed in, and of a forgotten password."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, CharField

from accounts import examples, password_reset, signed_in
from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.strength import RULE
from accounts.users import current_user
from atlas.api.fields import Choice, Email, Id, Instant, Secret
from atlas.api.pagination import page_of
from atlas.api.schema import error_response
from atlas.api.serializers import Serializer
from atlas.api.views import OpenView, View
from atlas.dynamo.cursor import Page

TAGS = ["Accounts"]


class SignInSerializer(Serializer):
    """A browser or a client of the API in which one is signed in."""

    id = Id(read_only=True)
    kind = Choice(signed_in.Kind, read_only=True)
    device = CharField(read_only=True, help_text="Browser and system, as far as they are known.")
    user_agent = CharField(read_only=True)
    ip_address = CharField(read_only=True, help_text="Where it was last seen.")
    signed_in_at = Instant(read_only=True)
    last_seen_at = Instant(read_only=True, help_text="To a quarter of an hour.")
    expires_at = Instant(read_only=True)
    current = BooleanField(read_only=True, help_text="Whether it is the one that asks.")


class PasswordResetSerializer(Serializer):
    email = Email()


class PasswordResetConfirmSerializer(Serializer):
    token = Secret(max_length=password_reset.LONGEST, help_text="Of the link in the e-mail.")
    new_password = Secret(max_length=LONGEST_PASSWORD, help_text=RULE)


class SessionsView(View):
    @extend_schema(
        operation_id="list_sessions",
        tags=TAGS,
        summary="Where am I signed in",
        description="Browsers and API clients, the newest 50 of each; this one first, then the last seen.",
        responses=page_of(SignInSerializer),
    )
    def get(self, request: Request) -> Response:
        found = signed_in.sign_ins(user=current_user(request), current=signed_in.current_key(request))
        return self.page(Page(found), SignInSerializer)


class SessionView(View):
    @extend_schema(
        operation_id="end_session",
        tags=TAGS,
        summary="Sign out one device",
        description="At once: its next request is refused, its sockets close.",
        responses={204: None},
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        signed_in.end(user=current_user(request), sign_in_id=str(session_id))
        return self.nothing()


class OtherSessionsView(View):
    @extend_schema(
        operation_id="end_other_sessions",
        tags=TAGS,
        summary="Sign out every other device",
        description="This one stays. Addresses of calendar feeds end too.",
        request=None,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        item = signed_in.end_others(user=current_user(request), keep=signed_in.current_key(request))
        signed_in.keep_session(request, item)
        return self.nothing()


class PasswordResetView(OpenView):
    throttle_scope = "register"

    @extend_schema(
        operation_id="ask_for_password_reset",
        tags=TAGS,
        summary="Ask for a new password by e-mail",
        description="The same answer whether or not the address has an account.",
        request=PasswordResetSerializer,
        responses={204: None},
        examples=[examples.PASSWORD_RESET],
    )
    def post(self, request: Request) -> Response:
        password_reset.ask(**self.body(PasswordResetSerializer))
        return self.nothing()


class PasswordResetConfirmView(OpenView):
    throttle_scope = "login"

    @extend_schema(
        operation_id="reset_password",
        tags=TAGS,
        summary="Set a new password by the link of the e-mail",
        description="Signs out everywhere, and in nowhere.",
        request=PasswordResetConfirmSerializer,
        responses={204: None, 400: error_response("`invalid_reset_token`; or the password, in `fields`.")},
        examples=[examples.PASSWORD_RESET_CONFIRM],
    )
    def post(self, request: Request) -> Response:
        password_reset.reset(**self.body(PasswordResetConfirmSerializer))
        return self.nothing()
