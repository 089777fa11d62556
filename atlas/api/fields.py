"""Field types of the wire: strict, bounded, and described for OpenAPI.

DRF's own fields are polite: `IntegerField` takes `"7"`, `BooleanField` takes `"yes"`, `CharField` takes 7. A
client that sends the wrong type has a bug and should hear of it, so these take exactly the JSON type they
name. The only exception is a query string, where everything is text (`atlas.api.serializers.Query`).
"""

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from atlas.card_numbers import REFUSAL, has_card_number

SAFE_INTEGER = 2**53 - 1
"""Largest integer that every JSON reader keeps exact (RFC 8259, section 6)."""
LARGEST_NUMBER = 1e15
"""Bound of numbers without a bound of their own; DynamoDB itself ends at 38 digits and 1e125."""
LARGEST_CENTS = 10_000_000_00
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_INTEGER = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,16})?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


def _is_query(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """Whether the input is a query string, in which numbers and booleans can only be text."""
    return isinstance(getattr(field.root, "initial_data", None), QueryDict)


class Text(serializers.CharField):
    """One line of text, trimmed. Every script is welcome; control characters, half surrogates, card numbers are not."""

    default_error_messages = {
        "invalid": "Must be a string.",
        "control": "Control characters are not allowed.",
        "card_number": REFUSAL,
    }
    forbidden = _CONTROL
    is_kept = True
    """Whether what is typed is stored or shown anywhere: it may be no card number then."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        if self.forbidden.search(value):
            self.fail("control")
        if self.is_kept and has_card_number(value):
            self.fail("card_number")
        return value


class FreeText(Text):
    """Text a person writes: notes, reasons, places; at most `max_length` (500) characters.

    Blank only with `allow_blank=True`. `multiline=True` keeps line feeds and tabs (CRLF becomes LF).
    """

    def __init__(self, *, multiline: bool = False, max_length: int = 500, **options: Any) -> None:
        self.multiline = multiline
        self.forbidden = _CONTROL_BUT_LINES if multiline else _CONTROL
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        if self.multiline and isinstance(data, str):
            data = data.replace("\r\n", "\n")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "password", "minLength": 1, "maxLength": 200})
class Secret(Text):
    """A password or token as typed: not trimmed, never shown again, stored as a digest alone."""

    is_kept = False

    def __init__(self, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, write_only=True, **options)


class Email(serializers.EmailField):
    """An address as the person wrote it; what counts as *the same* address is the accounts' rule."""

    def __init__(self, *, max_length: int = 254, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        return _without_card_number(data, super().to_internal_value)


class Url(serializers.URLField):
    def __init__(self, *, max_length: int = 2000, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        return _without_card_number(data, super().to_internal_value)


class Flag(serializers.BooleanField):
    """`true` or `false`, nothing that only resembles them."""

    default_error_messages = {"invalid": "Must be true or false."}
    default_empty_html = serializers.empty  # an absent query parameter is absent, not false

    def to_internal_value(self, data: Any) -> bool:
        if _is_query(self):
            data = {"true": True, "false": False}.get(data, data)
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Integer(serializers.IntegerField):
    """A whole number written as one: neither `7.0`, nor `"7"`, nor `true`."""

    default_error_messages = {"invalid": "Must be a whole number."}

    def __init__(self, *, min_value: int = -SAFE_INTEGER, max_value: int = SAFE_INTEGER, **options: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and _is_query(self) and _INTEGER.fullmatch(data):
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> int:
        return int(value)


class Cents(Integer):
    """Money in integer cents, never negative; its `currency` stands beside it."""

    def __init__(self, *, min_value: int = 0, max_value: int = LARGEST_CENTS, **options: Any) -> None:
        options.setdefault("help_text", "Integer cents.")
        super().__init__(min_value=min_value, max_value=max_value, **options)


class Number(serializers.FloatField):
    """A finite number; what comes in is rounded to `decimals` places."""

    default_error_messages = {"invalid": "Must be a number."}

    def __init__(
        self,
        *,
        min_value: float = -LARGEST_NUMBER,
        max_value: float = LARGEST_NUMBER,
        decimals: int = 9,
        **options: Any,
    ) -> None:
        self.decimals = decimals
        super().__init__(min_value=min_value, max_value=max_value, **options)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str) and _is_query(self) and _NUMBER.fullmatch(data):
            data = float(data)
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, int) and abs(data) > SAFE_INTEGER:
            self.fail("invalid")  # float() of a huge integer overflows
        if not math.isfinite(data):
            self.fail("invalid")
        return round(float(data), self.decimals) + 0.0  # + 0.0 turns -0.0 into 0.0

    def to_representation(self, value: Any) -> float:  # type: ignore[override]  # the stubs take it for text
        return float(value)


class Latitude(Number):
    """Degrees north, WGS 84."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Degrees north, WGS 84.")
        super().__init__(min_value=-90, max_value=90, decimals=7, **options)


class Longitude(Number):
    """Degrees east, WGS 84."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Degrees east, WGS 84.")
        super().__init__(min_value=-180, max_value=180, decimals=7, **options)


class Heading(Number):
    """Degrees clockwise from north, 0 to 360."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Degrees clockwise from north.")
        super().__init__(min_value=0, max_value=360, decimals=2, **options)


@extend_schema_field(OpenApiTypes.UUID)
class Id(serializers.Field[str, str, str, Any]):
    """A UUID as a string in its usual lower-case form."""

    default_error_messages = {"invalid": "Must be a UUID."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid")
        return data.lower()

    def to_representation(self, value: Any) -> str:
        return str(value)


class Choice(serializers.ChoiceField):
    """One of the given strings, or of an enum's values (then the enum's member comes out)."""

    default_error_messages = {"invalid_choice": "Must be one of: {allowed}."}

    def __init__(self, choices: type[Enum] | Iterable[str], **options: Any) -> None:
        self.enum = choices if isinstance(choices, type) else None
        values = [member.value for member in choices] if isinstance(choices, type) else list(choices)
        super().__init__(choices=[(value, value) for value in values], **options)

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return ""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=data, allowed=", ".join(map(str, self.choices)))
        return self.enum(data) if self.enum else data

    def to_representation(self, value: Any) -> Any:
        return value.value if isinstance(value, Enum) else value


@extend_schema_field(OpenApiTypes.DATETIME)
class Instant(serializers.Field[datetime, str, str, Any]):
    """A moment: ISO-8601 with `Z` or an offset in, UTC with `Z` out; between the years 2000 and 2100."""

    default_error_messages = {
        "invalid": "Must be an instant such as 2026-12-24T18:30:00Z, with Z or an offset.",
        "range": "Must lie between the years {first} and {last}.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not _INSTANT.fullmatch(data):
            self.fail("invalid")
        try:
            value = datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")
        if not EARLIEST_YEAR <= value.year < LATEST_YEAR:
            self.fail("range", first=EARLIEST_YEAR, last=LATEST_YEAR)
        return value

    def to_representation(self, value: Any) -> str:
        return value if isinstance(value, str) else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@extend_schema_field(OpenApiTypes.DATE)
class LocalDate(serializers.Field[date, str, str, Any]):
    """A day on the wall calendar, `YYYY-MM-DD`."""

    default_error_messages = {
        "invalid": "Must be a date that exists, such as 2026-12-24.",
        "range": "Must lie between the years {first} and {last}.",
    }

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not _DATE.fullmatch(data):
            self.fail("invalid")
        try:
            value = date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if not EARLIEST_YEAR <= value.year < LATEST_YEAR:
            self.fail("range", first=EARLIEST_YEAR, last=LATEST_YEAR)
        return value

    def to_representation(self, value: Any) -> str:
        return value if isinstance(value, str) else value.isoformat()


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["18:30"]})
class LocalTime(serializers.Field[time, str, str, Any]):
    """A time on the wall clock, `HH:mm`, 24 hours."""

    default_error_messages = {"invalid": "Must be a time such as 18:30."}

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str) or not _TIME.fullmatch(data):
            self.fail("invalid")
        try:
            return time.fromisoformat(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Any) -> str:
        return value if isinstance(value, str) else value.strftime("%H:%M")


@extend_schema_field({"type": "string", "maxLength": 64, "examples": ["America/New_York"]})
class TimeZone(serializers.Field[str, str, str, Any]):
    """A name of the IANA time zone database."""

    default_error_messages = {"invalid": "Must be an IANA time zone such as America/New_York."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in _zones():
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> str:
        return str(value)


class ListOf(serializers.ListField):
    """A list of one kind of field, at most `max_length` (100) long; None is for answers that may be longer."""

    def __init__(
        self, child: serializers.Field[Any, Any, Any, Any], *, max_length: int | None = 100, **options: Any
    ) -> None:
        super().__init__(child=child, max_length=max_length, **options)


def _without_card_number(data: Any, read: Callable[[str], Any]) -> str:
    if not isinstance(data, str):
        raise serializers.ValidationError("Must be a string.")
    if has_card_number(data):
        raise serializers.ValidationError(REFUSAL, code="card_number")
    return str(read(data))


@cache
def _zones() -> frozenset[str]:
    """Reading the zone database takes 10 ms: once per process."""
    return frozenset(available_timezones())
