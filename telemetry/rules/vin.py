"""Vehicle identification numbers (ISO 3779): what one looks like, and the pseudonym that stands for it everywhere."""

import hashlib
import hmac
import re

VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
"""What each character counts for (49 CFR 565.15): I, O and Q are not used."""
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECK_DIGIT_AT = 8
SHAPE = re.compile(rf"[{''.join(VALUES)}]{{17}}")


def normalise_vin(text: str) -> str:
    """As people write it -> as it is stamped: upper case, without spaces and hyphens."""
    return re.sub(r"[\s-]", "", text).upper()


def check_digit(vin: str) -> str:
    """The ninth character that the other sixteen ask for."""
    rest = sum(VALUES[character] * weight for character, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004 (the standard's)


def fault_of(vin: str, *, check: bool) -> str | None:
    """What is wrong with a normalised VIN, without repeating it. `check` asks for North America's check digit."""
    if not SHAPE.fullmatch(vin):
        return "A VIN has 17 letters and digits, without I, O and Q."
    if check and vin[CHECK_DIGIT_AT] != check_digit(vin):
        return "The check digit does not fit: one character is mistyped, or two are swapped."
    return None


def pseudo_vin(vin: str, key: str) -> str:
    """64 hex digits that stand for a normalised VIN: HMAC-SHA256, so that without the key it cannot be guessed."""
    return hmac.new(key.encode(), vin.encode(), hashlib.sha256).hexdigest()
