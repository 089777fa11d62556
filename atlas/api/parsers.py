"""Reading JSON bodies: strictly RFC 8259, bounded, and every fault a 400 that says what it is."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, Never

from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from atlas.api.exceptions import TooLarge
from atlas.api.renderers import JSONRenderer

LONGEST_NUMBER = 40
"""Digits. DynamoDB keeps 38; nothing we exchange needs more."""


class JSONParser(parsers.BaseParser):
    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The decoded body. Raises `TooLarge` (413) and `ParseError` (400)."""
        limit = settings.BODY_LIMIT_BYTES
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        return loads(raw)


def loads(raw: bytes) -> Any:
    """`raw` as JSON: UTF-8, no NaN or infinities, no member twice, no lone surrogate. Raises `ParseError`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8 (byte {error.start}).") from error
    try:
        found = _decoder.decode(text)
        if "\\u" in text:
            _refuse_lone_surrogates(found)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"The body is not JSON: {error.msg} ({where}).") from error
    except RecursionError as error:
        raise ParseError("The body is nested too deeply.") from error
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("The body names a member of an object twice.")
    return found


def _constant(name: str) -> Never:
    raise ParseError(f"{name} is not a JSON number.")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or len(text) > LONGEST_NUMBER:
        raise ParseError("The body has a number that is too large.")
    return number


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ParseError("The body has a number that is too large.")
    return int(text)


def _refuse_lone_surrogates(found: Any) -> None:
    """`"\\ud800"` is legal JSON and no text at all: it can be neither stored nor sent back."""
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ParseError("The body has half of a surrogate pair.") from error


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)
