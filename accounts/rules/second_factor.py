"""One-time codes (RFC 6238) and recovery codes: what they look like, and which of them count now."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

import pyotp

ISSUER = "Atlas"
STEP_SECONDS = 30
WINDOW = 1
"""Steps before and after now whose codes are taken: a phone's clock may be half a minute off."""
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing in it reads like something else; 50 bits in a code."""
LONGEST = 40
"""Characters of a code as it is typed, with any spaces and hyphens."""

_READ_AS = str.maketrans("OIL", "011", " -\t\u00a0")


def otpauth_uri(secret: str, email: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS, digits=DIGITS).provisioning_uri(name=email, issuer_name=ISSUER)


def matching_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is, if it is near enough to `now` and later than `after`, the last one used.

    Every candidate is compared, in constant time.
    """
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS, digits=DIGITS)
    current = totp.timecode(now)
    given = clean(code).encode()
    matches = [
        step
        for step in range(current - WINDOW, current + WINDOW + 1)
        if compare_digest(totp.generate_otp(step).encode(), given) and step > after
    ]
    return matches[0] if matches else None


def clean(code: str) -> str:
    """As it was meant: without spaces and hyphens, in capitals, an O for a zero."""
    return code.upper().translate(_READ_AS)


def is_recovery_code(code: str) -> bool:
    given = clean(code)
    return len(given) == RECOVERY_LENGTH and all(character in RECOVERY_ALPHABET for character in given)


def readable(recovery_code: str) -> str:
    """In two groups, as it is shown."""
    half = RECOVERY_LENGTH // 2
    return f"{recovery_code[:half]}-{recovery_code[half:]}"


def without(hashes: Sequence[str], used: str) -> list[str] | None:
    """The recovery codes that are left when this one is used; None if it is none of them. In constant time."""
    left = [each for each in hashes if not compare_digest(each.encode(), used.encode())]
    return left if len(left) < len(hashes) else None
