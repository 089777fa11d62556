"""What a person is known by (e-mail, phone, name, ...), so that it is found in any text, also after it was erased.

Kept are keyed fingerprints, never the values. A text is searched by taking the fingerprint of each of its pieces that
is as long as a value was. Case, accents' spelling and widths do not matter (`fold`), nor how a phone number is grouped.

The key is made of a random salt, which dies with the proof it is kept in, and of a secret of the installation: a copy
of the tables alone does not let anybody try phone numbers until one fits.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, Self

import phonenumbers
from django.conf import settings
from django.utils.crypto import salted_hmac

SIZE = 16
"""Bytes of a fingerprint: no two values share one by chance."""
SHORTEST_PART, SHORTEST_WIDE_PART = 3, 2
"""Folded characters (Chinese and the like). What is shorter is a sign of somebody only where it is the whole text."""
SHORTEST_NUMBER = 7
"""Digits of a telephone number without its country."""
FORGOTTEN = "[deleted]"
"""What stands in a text where a person was named."""
_NO_ADDRESS_BEFORE, _NO_ADDRESS_AFTER = frozenset("._%+-"), frozenset("-_")
_GROUPING = re.compile(r"[\s().\-/\u2010-\u2015\u202f]+")


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    LICENSE = "license"
    VALUE = "value"
    """Anything else that is one person's alone, such as the address of their picture."""


UNMISTAKABLE = frozenset({Kind.EMAIL, Kind.LICENSE, Kind.VALUE})
"""Nobody else has the same. Names and (a company's) numbers are shared."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value's fingerprint; `length` in folded characters, or digits. `whole`: only as all of a text."""

    kind: Kind
    length: int
    whole: bool
    mac: bytes


class Span(NamedTuple):
    """Where in a text a value stands."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything that one person is known by."""

    salt: bytes
    all: tuple[Mark, ...]

    @classmethod
    def of(cls, values: Iterable[tuple[Kind, str]], *, salt: bytes) -> Self:
        """Of the values themselves. Empty ones are no marks."""
        key = _key(salt)
        known = {(kind, text) for kind, value in values for text in _variants(kind, value) if text}
        return cls(salt, tuple(_mark(key, kind, text) for kind, text in sorted(known)))

    def find(self, text: str) -> list[Span]:
        """Each place where one of the values stands, in the order of the text; what overlaps is one place."""
        if not self.all or not text:
            return []
        found: list[Span] = []
        for span in sorted({*self._words(text), *self._numbers(text)}, key=lambda span: (span.start, -span.end)):
            if found and span.start < found[-1].end:
                last = found.pop()
                span = Span(last.kind, last.start, max(last.end, span.end))  # noqa: PLW2901 (they grow together)
            found.append(span)
        return found

    def redact(self, text: str) -> str:
        """The text without the person."""
        for span in reversed(self.find(text)):
            text = text[: span.start] + FORGOTTEN + text[span.end :]
        return text

    def _words(self, text: str) -> Iterator[Span]:
        wanted = _by_length(mark for mark in self.all if mark.kind is not Kind.PHONE)
        if not wanted:
            return
        folded, places = fold(text)
        hasher = blake2b(key=_key(self.salt), digest_size=SIZE)
        starts = [at for at in range(len(folded)) if _is_edge(folded, at)]
        for length, marks in wanted.items():
            for start in starts:
                end = start + length
                if end > len(folded) or not _is_edge(folded, end):
                    continue
                for mark in marks.get(_mac(hasher, folded[start:end]), ()):
                    if _stands_alone(mark, folded, start, end):
                        yield Span(mark.kind, places[start], places[end - 1] + 1)

    def _numbers(self, text: str) -> Iterator[Span]:
        wanted = _by_length(mark for mark in self.all if mark.kind is Kind.PHONE)
        if not wanted:
            return
        hasher = blake2b(key=_key(self.salt), digest_size=SIZE)
        for digits, places in _runs(text):
            for length, marks in wanted.items():
                for start in range(len(digits) - length + 1):
                    if _mac(hasher, digits[start : start + length]) in marks:
                        begin = places[start] - (text[places[start] - 1 : places[start]] == "+")
                        yield Span(Kind.PHONE, begin, places[start + length - 1] + 1)


def fold(text: str) -> tuple[str, list[int]]:
    """Text in which the same letters are the same, and for each of its characters the place in the original.

    Character by character, so that a value inside a text folds as it does alone.
    """
    if text.isascii() and not any(each.isspace() and each != " " for each in text) and "  " not in text:
        return text.lower(), list(range(len(text)))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for each in _folded(character):
            if each == " " and folded and folded[-1] == " ":
                continue
            folded.append(each)
            places.append(place)
    return "".join(folded), places


def masked(text: str) -> str:
    """Enough to know what is meant for who knows it, and useless to others."""
    return f"{text[:1]}…({len(text)})"


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(" " if each.isspace() else each for each in plain)


def _variants(kind: Kind, value: str) -> Iterator[str]:
    """As it is searched for: a name also with the surname first, a number with and without its country."""
    if kind is Kind.PHONE:
        yield from (digits for digits in _numbers_of(value) if len(digits) >= SHORTEST_NUMBER)
        return
    text = value.strip()
    yield fold(text)[0]
    if kind is Kind.NAME and (words := text.split())[1:]:
        last_first = f"{words[-1]}, {' '.join(words[:-1])}"
        yield fold(last_first)[0]
        yield fold(last_first.replace(",", "", 1))[0]


def _numbers_of(value: str) -> Iterator[str]:
    yield "".join(each for each in value if each.isascii() and each.isdigit())
    try:
        yield phonenumbers.national_significant_number(phonenumbers.parse(value))
    except phonenumbers.NumberParseException:
        return


def _mark(key: bytes, kind: Kind, text: str) -> Mark:
    shortest = SHORTEST_WIDE_PART if any(map(_is_wide, text)) else SHORTEST_PART
    whole = kind is not Kind.PHONE and len(text) < shortest
    return Mark(kind, len(text), whole, _mac(blake2b(key=key, digest_size=SIZE), text))


@lru_cache(maxsize=64)
def _key(salt: bytes) -> bytes:
    mac = salted_hmac("accounts.privacy.marks", salt.hex(), secret=settings.TOKEN_KEY, algorithm="sha256")
    return mac.digest()


def _mac(hasher: "blake2b", text: str) -> bytes:
    taken = hasher.copy()
    taken.update(text.encode(errors="surrogatepass"))
    return taken.digest()


def _by_length(marks: Iterable[Mark]) -> dict[int, dict[bytes, list[Mark]]]:
    found: dict[int, dict[bytes, list[Mark]]] = {}
    for mark in marks:
        found.setdefault(mark.length, {}).setdefault(mark.mac, []).append(mark)
    return found


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may begin or end here. Scripts without spaces have edges everywhere."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    return not (before.isalnum() and after.isalnum()) or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _stands_alone(mark: Mark, text: str, start: int, end: int) -> bool:
    """`ada@example.com` is not in `x.ada@example.com` nor in `ada@example.com.au`."""
    if mark.whole:
        return start == 0 and end == len(text)
    if mark.kind is not Kind.EMAIL:
        return True
    before, after = text[start - 1 : start], text[end : end + 2]
    goes_on = after[:1] in _NO_ADDRESS_AFTER or (after[:1] == "." and after[1:].isalnum())
    return not (before in _NO_ADDRESS_BEFORE and before) and not (goes_on and after)


def _runs(text: str) -> Iterator[tuple[str, list[int]]]:
    """The digits of each number that a person might have written, grouped in any way, and where they stand."""
    digits: list[str] = []
    places: list[int] = []
    grouping = {place for match in _GROUPING.finditer(text) for place in range(*match.span())}
    for place, character in enumerate(text):
        value = unicodedata.decimal(character, None)
        if value is not None:
            digits.append(str(value))
            places.append(place)
        elif place not in grouping and digits:
            yield "".join(digits), places
            digits, places = [], []
    if digits:
        yield "".join(digits), places
