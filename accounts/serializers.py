"""What accounts takes and gives over the API."""

from rest_framework.serializers import CharField

from accounts.passwords import LONGEST as LONGEST_PASSWORD
from accounts.rules.contact import LONGEST_NAME
from accounts.rules.roles import SELF_REGISTERED, Role, UserStatus
from accounts.strength import RULE
from accounts.tokens import LONGEST as LONGEST_TOKEN
from atlas.api.fields import Choice, Email, Flag, FreeText, Id, Instant, Integer, Secret, Text, Url
from atlas.api.serializers import Serializer


def phone_field() -> Text:
    """What counts as a number is a rule of `accounts.rules.contact`."""
    return Text(
        max_length=40, allow_blank=True, required=False, help_text="With its country code, or empty; kept as E.164."
    )


class SettingsSerializer(Serializer):
    notifications = Flag(required=False)
    dark_mode = Flag(required=False)


class UserSerializer(Serializer):
    """A user as they see themselves."""

    id = Id(read_only=True)
    name = CharField(read_only=True)
    email = CharField(read_only=True)
    phone = CharField(read_only=True, help_text="E.164, or empty.")
    role = Choice(Role, read_only=True)
    status = Choice(UserStatus, read_only=True)
    avatar = CharField(read_only=True, help_text="URL of a picture, or empty.")
    settings = SettingsSerializer(read_only=True)
    profile_id = CharField(
        read_only=True, allow_null=True, help_text="The operator or driver profile that this user acts as."
    )
    created_at = Instant(read_only=True)
    updated_at = Instant(read_only=True)
    last_login = Instant(read_only=True, allow_null=True)


class RegistrationSerializer(Serializer):
    name = FreeText(max_length=LONGEST_NAME)
    email = Email()
    phone = phone_field()
    password = Secret(max_length=LONGEST_PASSWORD, help_text=RULE)
    role = Choice(sorted(SELF_REGISTERED))


class LoginSerializer(Serializer):
    email = Email()
    password = Secret(max_length=LONGEST_PASSWORD)


class RefreshSerializer(Serializer):
    refresh_token = Secret(max_length=LONGEST_TOKEN)


class TokensSerializer(Serializer):
    """A signed-in client."""

    access_token = CharField(read_only=True, help_text="For `Authorization: Bearer`.")
    refresh_token = CharField(read_only=True, help_text="Good once, for `auth/refresh`.")
    expires_in = Integer(read_only=True, help_text="Seconds that the access token lives.")
    user = UserSerializer(read_only=True)


class PasswordChangeSerializer(Serializer):
    current_password = Secret(max_length=LONGEST_PASSWORD)
    new_password = Secret(max_length=LONGEST_PASSWORD, help_text=RULE)


class EmailChangeSerializer(Serializer):
    email = Email()
    password = Secret(max_length=LONGEST_PASSWORD)


class ProfileSerializer(Serializer):
    name = FreeText(max_length=LONGEST_NAME, required=False)
    phone = phone_field()
    avatar = Url(allow_blank=True, required=False)
    settings = SettingsSerializer(required=False)


class PasswordSerializer(Serializer):
    password = Secret(max_length=LONGEST_PASSWORD)
