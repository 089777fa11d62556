"""Names, e-mail addresses, phone numbers and pictures as Atlas keeps them. Each raises `Invalid` for its field."""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from accounts.rules.email import normalise_email
from atlas.errors import Invalid

LONGEST_NAME = 120
LONGEST_EMAIL = 254
LONGEST_ADDRESS = 2000

_web_address = URLValidator(schemes=["https", "http"])


def clean_name(name: str) -> str:
    """Any script, 1 to 120 characters, one line."""
    name = unicodedata.normalize("NFC", name.strip())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(fields={"name": [f"1 to {LONGEST_NAME} characters."]})
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise Invalid(fields={"name": ["Control characters are not allowed."]})
    return name


def clean_email(email: str) -> str:
    """Lower case, with an ASCII domain."""
    email = normalise_email(email)
    try:
        if len(email) > LONGEST_EMAIL:
            raise ValidationError(f"At most {LONGEST_EMAIL} characters.")
        validate_email(email)
    except ValidationError as error:
        raise Invalid(fields={"email": error.messages}) from error
    return email


def clean_phone(phone: str) -> str:
    """E.164 (`+12125550123`), or empty: a phone number is optional."""
    if not phone.strip():
        return ""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException as error:
        raise _bad_phone() from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise _bad_phone()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_avatar(avatar: str) -> str:
    """The address of a picture on the web, or empty: never one that runs something."""
    avatar = avatar.strip()
    if not avatar:
        return ""
    try:
        if len(avatar) > LONGEST_ADDRESS:
            raise ValidationError(f"At most {LONGEST_ADDRESS} characters.")
        _web_address(avatar)
    except ValidationError as error:
        raise Invalid(fields={"avatar": error.messages}) from error
    return avatar


def _bad_phone() -> Invalid:
    return Invalid(fields={"phone": ["Write the number with its country code, as in +1 212 555 0123."]})
