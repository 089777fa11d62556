"""What an operation receives and answers, and how it is attached to a path."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .config import Config
from .errors import SquareError

LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request inside its transaction. ``now`` is the sandbox clock at its beginning."""

    db: sqlite3.Connection
    config: Config
    now: datetime
    body: Mapping[str, Any]
    query: Mapping[str, str]
    path: Mapping[str, str]


class Answer(NamedTuple):
    """A reply whose effects are kept, even when the status says error (a declined payment exists)."""

    body: dict[str, Any]
    status: int = 200


Operation = Callable[[Call], Answer]


class Endpoint(NamedTuple):
    method: str
    path: str
    operation: Operation


def parse_body(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request; no body counts as an empty one. Refuses what could not be stored as UTF-8."""
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw, parse_constant=_refuse_constant)
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise SquareError("EXPECTED_JSON_BODY", "The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise SquareError("EXPECTED_OBJECT", "Expected an object value.")
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
