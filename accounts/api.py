"""The API of accounts: registration, tokens, one's own profile and data."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import examples, services, sign_in, signed_in
from accounts.privacy.closing import delete_me
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
from accounts.users import current_user
from atlas.api.schema import error_response
from atlas.api.views import OpenView, View
from atlas.origin import origin_of

TAGS = ["Accounts"]
TAKEN = error_response("`email_taken`: the address has an account.")
DELETE_ME = {
    "operationId": "delete_me",
    "summary": "Delete the account",
    "description": "The person is forgotten for good; bookings stay, without a name. 409 `unfinished` while a ride or "
    "a payment is not over: `obstacles` says which.",
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
WRONG = error_response(
    "`invalid_credentials`: e-mail or password is wrong (it is not said which). `second_factor_required`: right; "
    "the error has a `challenge`, good for `expiresIn` seconds, to send to `auth/second-factor` with a code."
)


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
        found = sign_in.sign_in(**body, origin=origin_of(request._request))
        return not_kept(self.answer(found, TokensSerializer))


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
    before_enrolment = True

    @extend_schema(
        operation_id="logout", tags=TAGS, summary="Sign out this device", request=None, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        signed_in.leave(request)
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
        signed_in.keep_session(request, user)
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
        delete_me(user=current_user(request), **self.body(PasswordSerializer), origin=origin_of(request._request))
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


def not_kept(response: Response) -> Response:
    """No cache on the way may keep tokens or personal data."""
    response["Cache-Control"] = "no-store"
    return response
