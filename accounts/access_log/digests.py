"""What makes tampering show: keyed digests of entries, of their erasable parts and of seals. Pure but for the key.

All are HMAC-SHA256 under `AUDIT_KEY`, so whoever can write to the tables and does not have the key can forge none. Each
kind has its own prefix, so that no digest of one can pass for another's. Old keys still verify
(`AUDIT_KEY_FALLBACKS`).
"""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from atlas.trail import Wire

BESIDE = frozenset(
    {
        "digest",
        "version",
        "unsealedShard",
        "sealNumber",
        "sealProof",
        "personal",
        "personalErasedBy",
        "whence",
        "whenceErasedBy",
    }
)
"""Attributes of an entry that its digest does not cover: what sealing and erasing change. Each is checked otherwise."""


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def keyed(purpose: str, value: Any, *, key: str | None = None) -> str:
    """43 characters."""
    content = purpose.encode() + b"\0" + canonical(value)
    mac = hmac.digest((key or settings.AUDIT_KEY).encode(), content, "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def matches(purpose: str, value: Any, digest: str) -> bool:
    keys = [settings.AUDIT_KEY, *settings.AUDIT_KEY_FALLBACKS]
    return any(hmac.compare_digest(keyed(purpose, value, key=key).encode(), digest.encode()) for key in keys)


def covered(wire: Wire) -> dict[str, Any]:
    """What the digest of an entry covers: every attribute, known or not, but `BESIDE`."""
    return {name: value for name, value in wire.items() if name not in BESIDE}


def entry_digest(wire: Wire) -> str:
    return keyed("entry", covered(wire))


def linked(wire: Wire) -> dict[str, Any]:
    """What the hash of a seal covers."""
    return {name: value for name, value in wire.items() if name not in {"hash", "version"}}


def seal_hash(wire: Wire) -> str:
    return keyed("seal", linked(wire))


def part(values: Mapping[str, Any]) -> tuple[str, str] | tuple[None, None]:
    """An erasable part of an entry and its digest. The salt goes with the part: what is left cannot be guessed at."""
    if not values:
        return None, None
    text = canonical({**values, "salt": secrets.token_urlsafe(12)}).decode()
    return text, keyed("part", text)


def proof(number: int, digest: str) -> str:
    """What a sealed entry carries: seal `number` holds the entry of this digest."""
    return keyed("proof", [number, digest])
