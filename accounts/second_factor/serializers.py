"""What the second factor takes and gives over the API."""

from typing import Any

from rest_framework.serializers import BooleanField, CharField, ListField

from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.rules import second_factor as rules
from accounts.second_factor.challenge import LONGEST as LONGEST_CHALLENGE
from atlas.api.fields import Instant, Integer, Secret
from atlas.api.serializers import Serializer


def code_field(**options: Any) -> Secret:
    return Secret(max_length=rules.LONGEST, **options)


class SecondFactorSerializer(Serializer):
    """How it stands with one's second factor."""

    active = BooleanField(read_only=True)
    active_since = Instant(read_only=True, allow_null=True)
    recovery_codes_left = Integer(read_only=True)
    mandatory = BooleanField(read_only=True, help_text="Staff can do nothing else before they have set one up.")


class SetupSerializer(Serializer):
    """What goes into the authenticator app."""

    secret = CharField(read_only=True, help_text="Base32, to type in by hand.")
    otpauth_uri = CharField(read_only=True, help_text="The same for a QR code.")
    expires_at = Instant(read_only=True, help_text="Confirm it by a first code before.")


class PasswordOnlySerializer(Serializer):
    password = Secret(max_length=LONGEST_PASSWORD)


class CodeSerializer(Serializer):
    code = code_field(help_text="Six digits of the authenticator app.")


class PasswordAndCodeSerializer(Serializer):
    password = Secret(max_length=LONGEST_PASSWORD)
    code = code_field(help_text="Six digits of the authenticator app, or a recovery code.")


class SecondStepSerializer(Serializer):
    challenge = Secret(max_length=LONGEST_CHALLENGE, help_text="Of the answer of `auth/login`.")
    code = code_field(help_text="Six digits of the authenticator app, or a recovery code.")


class RecoveryCodesSerializer(Serializer):
    """Shown this once; each is good once."""

    recovery_codes = ListField(child=CharField(), read_only=True)
