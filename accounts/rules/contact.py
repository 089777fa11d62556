"""Names, e-mail addresses and phone numbers as Atlas keeps them. Each raises `Invalid` that names its field."""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.rules.email import normalise_email
from atlas.errors import Invalid

LONGEST_NAME = 120
LONGEST_EMAIL = 254


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


def _bad_phone() -> Invalid:
    return Invalid(fields={"phone": ["Write the number with its country code, as in +1 212 555 0123."]})
