"""What looks like a payment card's number, and nothing that only resembles one. Pure; no card number belongs in Atlas.

A number counts when it has 13 to 19 digits of any script, written in one piece or grouped as cards print and people
dictate them, begins and is as long as an issuer's cards are, and passes Luhn's check. Left alone: phone numbers (`+`,
or grouped as no card is), IBANs and creditor references (ISO 13616, ISO 11649: their own checksum holds), UUIDs,
digests and other hexadecimal ids, decimals, coordinates, times, odometers.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

STRUCK = "[card number]"
REFUSAL = "This looks like a card number. Atlas takes none here: a card is given on the payment page only."

SHORTEST, LONGEST = 13, 19
LONGEST_PHONE = 15
"""Digits of a number of E.164, which begins with `+`."""

_ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({13, 16, 18, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (300, 305, frozenset({14, 16, 19})),  # Diners Club
    (3095, 3095, frozenset({14, 16, 19})),
    (36, 36, frozenset({14, 16, 19})),
    (38, 39, frozenset({14, 16, 19})),
    (3528, 3589, frozenset({16, 17, 18, 19})),  # JCB
    (6011, 6011, frozenset({16, 17, 18, 19})),  # Discover
    (644, 659, frozenset({16, 17, 18, 19})),
    (62, 62, frozenset({16, 17, 18, 19})),  # UnionPay
    (81, 82, frozenset({16, 17, 18, 19})),  # UnionPay, RuPay
    (60, 60, frozenset({16})),  # RuPay, Hipercard
    (508, 508, frozenset({16})),
    (5018, 5018, frozenset(range(13, 20))),  # Maestro
    (5020, 5020, frozenset(range(13, 20))),
    (5038, 5038, frozenset(range(13, 20))),
    (5893, 5893, frozenset(range(13, 20))),
    (6304, 6304, frozenset(range(13, 20))),
    (6759, 6763, frozenset(range(13, 20))),
    (2200, 2204, frozenset({16, 17, 18, 19})),  # Mir
    (9792, 9792, frozenset({16})),  # Troy
    (506, 507, frozenset({16, 19})),  # Verve, Elo
)
"""First prefix, last prefix, lengths."""

_SEPARATORS = r"[ \-._/·•]{1,3}"
_RUN = re.compile(rf"[0-9]+(?:{_SEPARATORS}[0-9]+)*")
_DIGITS = re.compile(r"[0-9]+")
_ENOUGH = re.compile(rf"(?:[0-9](?:{_SEPARATORS})?){{{SHORTEST}}}")
_UUID = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{20,}(?![0-9a-z])", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?: ?[0-9A-Za-z]){4,30}")
_DECIMAL = re.compile(r"(?<![0-9])(?<![0-9]\.)[0-9]{1,3}\.[0-9]+(?!\.?[0-9])")
_ACCOUNT_LENGTHS = range(15, 35)
_BREAKS = str.maketrans("\t\r\n", "   ")
_PRINTED = re.compile(r"4(?:,4){2,3}(?:,[1-4])?|4,6,[45]|6,(?:7|8|9|10|11|12|13)|8,8|5,5,5|4,3,3,3")
"""Lengths of groups on cards: 4-4-4-4, 4-4-4-4-3, 4-6-5, ..."""
_DICTATED = re.compile(r"1(?:,1)+|2(?:,2)+(?:,1)?|3(?:,3)+(?:,[12])?")
"""Lengths of groups as people say them: only when nothing else stands around."""


def has_card_number(text: str) -> bool:
    return next(_found(text), None) is not None


def strike_card_numbers(text: str) -> str:
    """The same text with `STRUCK` in the place of each."""
    kept, parts = 0, []
    for start, end in _found(text):
        parts += [text[kept:start], STRUCK]
        kept = end
    return "".join([*parts, text[kept:]]) if parts else text


def struck(value: Any) -> Any:
    """A value of JSON, struck wherever it stands: names of members and whole numbers too."""
    made = value
    if isinstance(value, str):
        made = strike_card_numbers(value)
    elif isinstance(value, int) and has_card_number(str(abs(value))):
        made = STRUCK
    elif isinstance(value, Mapping):
        made = {struck(name): struck(member) for name, member in value.items()}
    elif type(value) in (list, tuple):
        made = type(value)(struck(member) for member in value)
    return made


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand, from left to right, none over another."""
    plain = (text if text.isascii() else "".join(map(_plain, text))).translate(_BREAKS)
    if _ENOUGH.search(plain) is None:
        return
    plain = _without_other_numbers(plain)
    for run in _RUN.finditer(plain):
        if run.end() - run.start() < SHORTEST:
            continue
        groups = [(run.start() + each.start(), run.start() + each.end()) for each in _DIGITS.finditer(run[0])]
        phone = plain[: run.start()].endswith("+")
        first = 0
        while first < len(groups):
            last = _card(plain, groups, first, phone=phone and first == 0)
            if last is None:
                first += 1
            else:
                yield groups[first][0], groups[last][1]
                first = last + 1


def _card(plain: str, groups: list[tuple[int, int]], first: int, *, phone: bool) -> int | None:
    """The last group of the longest number that begins with the group `first`."""
    longest = None
    digits, lengths = "", []
    for last in range(first, len(groups)):
        start, end = groups[last]
        digits += plain[start:end]
        lengths.append(str(end - start))
        if len(digits) > LONGEST:
            break
        if len(digits) < SHORTEST or (phone and len(digits) <= LONGEST_PHONE):
            continue
        whole = first == 0 and last == len(groups) - 1
        if _is_grouped(",".join(lengths), whole=whole) and _is_issued(digits) and _passes_luhn(digits):
            longest = last
    return longest


def _is_grouped(lengths: str, *, whole: bool) -> bool:
    alone = "," not in lengths
    return alone or _PRINTED.fullmatch(lengths) is not None or (whole and _DICTATED.fullmatch(lengths) is not None)


def _is_issued(digits: str) -> bool:
    return any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last for first, last, lengths in _ISSUERS
    )


def _passes_luhn(digits: str) -> bool:
    doubled = "0246813579"
    total = sum(int(doubled[int(each)]) if odd % 2 else int(each) for odd, each in enumerate(reversed(digits)))
    return total % 10 == 0


def _plain(character: str) -> str:
    """One character for one: digits of any script as ASCII's, what only parts as a space or a hyphen."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp", "Cf"):
        return " "
    return "-" if kind == "Pd" or character == "\N{MINUS SIGN}" else character


def _without_other_numbers(plain: str) -> str:
    """Numbers of other kinds blotted out, each as long as it was."""
    plain = _UUID.sub(_blot, plain)
    plain = _HEXADECIMAL.sub(_blot, plain)
    plain = _DECIMAL.sub(_blot, plain)
    return _ACCOUNT.sub(_blot_account, plain)


def _blot(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def _blot_account(found: re.Match[str]) -> str:
    """The longest beginning of it whose checksum holds; prose may follow without a stop."""
    text = found[0]
    for end in range(len(text), 14, -1):
        if (end == len(text) or text[end] == " ") and _is_account(text[:end]):
            return "x" * end + text[end:]
    return text


def _is_account(text: str) -> bool:
    """Modulo 97, letters as two digits (ISO 7064), of 15 to 34 characters."""
    compact = text.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return len(compact) in _ACCOUNT_LENGTHS and int("".join(str(int(each, 36)) for each in turned)) % 97 == 1
