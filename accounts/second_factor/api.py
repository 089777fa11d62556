"""The API of the second factor: signing in with it, and one's own."""

from dataclasses import dataclass

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sign_in, signed_in
from accounts.second_factor import challenge, examples, services
from accounts.second_factor.serializers import (
    CodeSerializer,
    PasswordAndCodeSerializer,
    PasswordOnlySerializer,
    RecoveryCodesSerializer,
    SecondFactorSerializer,
    SecondStepSerializer,
    SetupSerializer,
)
from accounts.serializers import TokensSerializer
from accounts.users import current_user
from atlas.api.schema import error_response
from atlas.api.views import OpenView, View
from atlas.origin import origin_of

TAGS = ["Accounts"]
REFUSED = error_response("`wrong_password`, `wrong_code`, or malformed; `fields` says where.")
STATE = error_response("`second_factor_active`, `second_factor_inactive`, `second_factor_not_begun`.")
SWITCH_OFF = {
    "operationId": "switch_off_second_factor",
    "summary": "Switch the second factor off",
    "description": "The password alone is enough again. Staff who must have one are led to set it up anew.",
    "tags": TAGS,
    "security": [{"bearer": []}, {"session": []}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "password": {"type": "string", "format": "password", "minLength": 1, "maxLength": 128},
                        "code": {"type": "string", "minLength": 1, "maxLength": 40},
                    },
                    "required": ["password", "code"],
                    "additionalProperties": False,
                },
                "examples": {
                    "WithBoth": {"summary": "With password and code", "value": examples.PASSWORD_AND_CODE.value}
                },
            }
        },
    },
    "responses": {"204": {"description": "Off."}},
}
"""In full, because drf-spectacular describes no body for a DELETE."""


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    recovery_codes: list[str]


class SecondStepView(OpenView):
    throttle_scope = "login"

    @extend_schema(
        operation_id="login_with_code",
        tags=["Accounts"],
        summary="Sign in, the second step",
        description="With the `challenge` that `auth/login` answered for the right password. A code is good once.",
        request=SecondStepSerializer,
        responses={
            200: TokensSerializer,
            401: error_response("`invalid_code`: wrong or used; `challenge_expired`: begin again with the password."),
        },
        examples=[examples.SECOND_STEP],
    )
    def post(self, request: Request) -> Response:
        user = challenge.redeem(**self.body(SecondStepSerializer))
        return self.answer(sign_in.enter(user, origin=origin_of(request._request)), TokensSerializer)


class SecondFactorView(View):
    before_enrolment = True
    throttle_scope = "login"

    @extend_schema(
        operation_id="get_second_factor", tags=TAGS, summary="My second factor", responses=SecondFactorSerializer
    )
    def get(self, request: Request) -> Response:
        return self.answer(services.state(user=current_user(request)), SecondFactorSerializer)

    @extend_schema(
        operation_id="begin_second_factor",
        tags=TAGS,
        summary="Begin to set up a second factor",
        description="It counts once it is confirmed by a first code. Beginning again makes another secret.",
        request=PasswordOnlySerializer,
        responses={201: SetupSerializer, 400: REFUSED, 409: STATE},
        examples=[examples.PASSWORD_ONLY],
    )
    def post(self, request: Request) -> Response:
        body = self.body(PasswordOnlySerializer)
        setup = services.begin(user=current_user(request), **body, origin=origin_of(request._request))
        return self.created(setup, SetupSerializer)

    @extend_schema(operation=SWITCH_OFF)
    def delete(self, request: Request) -> Response:
        body = self.body(PasswordAndCodeSerializer)
        services.switch_off(user=current_user(request), **body, origin=origin_of(request._request))
        return self.nothing()


class ConfirmView(View):
    before_enrolment = True
    throttle_scope = "login"

    @extend_schema(
        operation_id="confirm_second_factor",
        tags=TAGS,
        summary="Confirm the second factor by a first code",
        description="From now on a sign-in asks for a code. Every other sign-in ends; this one stays.",
        request=CodeSerializer,
        responses={200: RecoveryCodesSerializer, 400: REFUSED, 409: STATE},
        examples=[examples.CODE],
    )
    def post(self, request: Request) -> Response:
        body = self.body(CodeSerializer)
        confirmed = services.confirm(user=current_user(request), **body, keep=signed_in.current_key(request))
        signed_in.keep_session(request, confirmed.user)
        return self.answer(confirmed, RecoveryCodesSerializer)


class RecoveryCodesView(View):
    throttle_scope = "login"

    @extend_schema(
        operation_id="renew_recovery_codes",
        tags=TAGS,
        summary="Get new recovery codes",
        description="Ten new ones; those of before are void.",
        request=PasswordAndCodeSerializer,
        responses={200: RecoveryCodesSerializer, 400: REFUSED, 409: STATE},
        examples=[examples.PASSWORD_AND_CODE],
    )
    def post(self, request: Request) -> Response:
        body = self.body(PasswordAndCodeSerializer)
        codes = services.renew_recovery_codes(user=current_user(request), **body, origin=origin_of(request._request))
        return self.answer(RecoveryCodes(codes), RecoveryCodesSerializer)
