"""Hashing passwords: bcrypt is a quarter of a second of one core, so no more run at once than there are cores.

It releases the GIL; requests that wait here leave the rest of the process (sockets above all) undisturbed.
"""

import os
from threading import BoundedSemaphore

from django.contrib.auth import get_user_model, hashers, password_validation
from django.core.exceptions import ValidationError

from accounts.rules.roles import Role
from accounts.tables import User
from atlas.errors import Invalid

LONGEST = 128
"""Characters. bcrypt itself reads 72 bytes; Django's `BCryptSHA256` hashes all of them first."""
UNUSABLE = "!"
"""Matches no password; checking against it costs as much as against a real hash."""

_cores = BoundedSemaphore(os.cpu_count() or 1)


def hashed(password: str | None) -> str:
    """The hash to store; for None one that no password ever matches."""
    with _cores:
        return hashers.make_password(password)


def verify(password: str, user: User | None) -> tuple[bool, bool]:
    """Whether it is this user's password, and whether its hash should be renewed. Nobody's costs the same time."""
    with _cores:
        return hashers.verify_password(password, user.password_hash if user else UNUSABLE)


def check_strength(password: str, *, name: str, email: str, role: Role, field: str = "password") -> None:
    """`AUTH_PASSWORD_VALIDATORS` (`accounts.strength` says the rule). Raises `Invalid` that names `field`."""
    try:
        if len(password) > LONGEST:
            raise ValidationError(f"At most {LONGEST} characters.")
        password_validation.validate_password(password, get_user_model()(name=name, email=email, role=role))
    except ValidationError as error:
        raise Invalid(fields={field: error.messages}) from error
