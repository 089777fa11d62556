"""The API of accounts: registration, tokens, one's own profile and data."""

from typing import Any

from django.contrib.auth import logout, update_session_auth_hash
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import examples, personal_data, services, sign_in
from accounts.models import User
from accounts.rules.roles import Role
from accounts.serializers import (
    EmailChangeSerializer,
    LoginSerializer,
    PasswordChangeSerializer,
    PasswordSerializer,
    ProfileSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    TokensSerializer,
    UserSerializer,
)
from accounts.tokens import Token
from accounts.users import current_user
from atlas.api.schema import error_response
from atlas.api.views import OpenView, View
from atlas.origin import origin_of

TAGS = ["Accounts"]
TAKEN = error_response("`email_taken`: the address has an account.")
DELETE_ME = {
    "operationId": "delete_me",
    "summary": "Delete the account",
    "description": "The person is forgotten for good; bookings stay, without a name.",
    "tags": TAGS,
    "security": [{"bearer": []}, {"session": []}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "password": {"type": "string", "format": "password", "minLength": 1, "maxLength": 128}
                    },
                    "required": ["password"],
                    "additionalProperties": False,
                },
                "examples": {
                    "WithThePassword": {"summary": "With the password", "value": {"password": examples.PASSWORD}}
                },
            }
        },
    },
    "responses": {"204": {"description": "Forgotten."}},
}
"""In full, because drf-spectacular describes no body for a DELETE."""
WRONG = error_response("`invalid_credentials`: e-mail or password is wrong (it is not said which).")


class RegisterView(OpenView):
    throttle_scope = "register"

    @extend_schema(
        operation_id="register",
        tags=TAGS,
        summary="Sign up",
        description="An operator can sign in at once, and do business when an admin has approved their company.",
        request=RegistrationSerializer,
        responses={201: UserSerializer, 409: TAKEN},
        examples=[examples.REGISTRATION],
    )
    def post(self, request: Request) -> Response:
        body = self.body(RegistrationSerializer)
        user = services.register(**{**body, "role": Role(body["role"])})
        return self.created(user, UserSerializer)


class LoginView(OpenView):
    throttle_scope = "login"

    @extend_schema(
        operation_id="login",
        tags=TAGS,
        summary="Sign in",
        request=LoginSerializer,
        responses={
            200: TokensSerializer,
            401: WRONG,
            403: error_response("`account_suspended`."),
        },
        examples=[examples.LOGIN],
    )
    def post(self, request: Request) -> Response:
        body = self.body(LoginSerializer)
        signed_in = sign_in.sign_in(**body, origin=origin_of(request._request))
        return not_kept(self.answer(signed_in, TokensSerializer))


class RefreshView(OpenView):
    throttle_scope = "refresh"

    @extend_schema(
        operation_id="refresh",
        tags=TAGS,
        summary="Exchange a refresh token for the next pair",
        request=RefreshSerializer,
        examples=[examples.REFRESH],
        responses={
            200: TokensSerializer,
            401: error_response("`token_expired`, `invalid_token`; `token_replayed`: used twice, all of its kin end."),
        },
    )
    def post(self, request: Request) -> Response:
        return not_kept(self.answer(sign_in.refresh(**self.body(RefreshSerializer)), TokensSerializer))


class LogoutView(View):
    @extend_schema(
        operation_id="logout", tags=TAGS, summary="Sign out this device", request=None, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, Token):
            sign_in.sign_out(family_id=request.auth.family_id)
        else:
            logout(request._request)
        return self.nothing()


class ChangePasswordView(View):
    throttle_scope = "login"

    @extend_schema(
        operation_id="change_password",
        tags=TAGS,
        summary="Change the password",
        description="Every token and session of before ends, this one too; a page keeps its own session.",
        request=PasswordChangeSerializer,
        examples=[examples.PASSWORD_CHANGE],
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        user = services.change_password(
            user=current_user(request), **self.body(PasswordChangeSerializer), origin=origin_of(request._request)
        )
        keep_session(request, user)
        return self.nothing()


class MeView(View):
    @extend_schema(operation_id="get_me", tags=TAGS, summary="Who am I", responses=UserSerializer)
    def get(self, request: Request) -> Response:
        return self.answer(request.user, UserSerializer)

    @extend_schema(
        operation_id="change_me",
        tags=TAGS,
        summary="Change the profile and settings",
        request=ProfileSerializer,
        examples=[examples.PROFILE],
        responses=UserSerializer,
    )
    def patch(self, request: Request) -> Response:
        body = self.body(ProfileSerializer, partial=True)
        user = services.change_profile(user=current_user(request), check=self.check_version, **body)
        return self.answer(user, UserSerializer)

    @extend_schema(operation=DELETE_ME)
    def delete(self, request: Request) -> Response:
        services.delete_user(
            user=current_user(request), **self.body(PasswordSerializer), origin=origin_of(request._request)
        )
        return self.nothing()


class EmailView(View):
    throttle_scope = "login"

    @extend_schema(
        operation_id="change_email",
        tags=TAGS,
        summary="Change the e-mail address",
        request=EmailChangeSerializer,
        examples=[examples.EMAIL_CHANGE],
        responses={200: UserSerializer, 409: TAKEN},
    )
    def post(self, request: Request) -> Response:
        user = services.change_email(
            user=current_user(request), **self.body(EmailChangeSerializer), origin=origin_of(request._request)
        )
        return self.answer(user, UserSerializer)


class ExportView(View):
    @extend_schema(
        operation_id="export_me",
        tags=TAGS,
        summary="Everything held about me",
        description="One member for each part of Atlas that holds something (GDPR, article 15 and 20).",
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        response = Response(personal_data.export(current_user(request)))
        response["Content-Disposition"] = 'attachment; filename="atlas-personal-data.json"'
        return not_kept(response)


def not_kept(response: Response) -> Response:
    """No cache on the way may keep tokens or personal data."""
    response["Cache-Control"] = "no-store"
    return response


def keep_session(request: Any, user: Any) -> None:
    """The page on which the password was changed stays signed in; a token does not."""
    if not isinstance(getattr(request, "auth", None), Token):
        django_request = getattr(request, "_request", request)
        update_session_auth_hash(django_request, User.from_item(user))
