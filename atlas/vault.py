"""Secrets at rest, under envelope encryption: each has a key of its own, which only a master key can unwrap.

The master key is AWS KMS's where `VAULT_KMS_KEY` names one, otherwise made from `VAULT_KEYS` (the first seals, all of
them open, so that a new one is put in front and the old one removed after `reseal`). What is sealed names its context,
for example `vin:<pseudoVIN>`: copied to another place it does not open.
"""

import base64
import hashlib
import os
from functools import cache
from typing import Any, Protocol

import boto3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES, NONCE_BYTES, ID_BYTES = 32, 12, 4
SEPARATOR = "."


class Unsealable(Exception):
    """Nothing that the present keys sealed in this context."""


class MasterKey(Protocol):
    kind: str

    def new(self, context: str) -> tuple[bytes, bytes]:
        """A fresh key, and the same key wrapped."""

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Raises `Unsealable`."""

    def is_current(self, wrapped: bytes) -> bool:
        """Whether it was wrapped by the key that wraps now."""


class LocalKeys:
    """Master keys from the environment."""

    kind = "local"

    def __init__(self, secrets: list[str]) -> None:
        keys = [HKDF(SHA256(), KEY_BYTES, salt=None, info=b"atlas.vault").derive(each.encode()) for each in secrets]
        self._keys = {hashlib.sha256(key).digest()[:ID_BYTES]: key for key in keys}
        self._current = next(iter(self._keys))

    def new(self, context: str) -> tuple[bytes, bytes]:
        key = AESGCM.generate_key(KEY_BYTES * 8)
        return key, self._current + encrypt(self._keys[self._current], key, context)

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        master = self._keys.get(wrapped[:ID_BYTES])
        if master is None:
            raise Unsealable("It was sealed with a key that is no longer among VAULT_KEYS.")
        return decrypt(master, wrapped[ID_BYTES:], context)

    def is_current(self, wrapped: bytes) -> bool:
        return wrapped[:ID_BYTES] == self._current


class KmsKey:
    """AWS KMS: the master key never leaves it, it rotates by itself, and every use is in CloudTrail."""

    kind = "kms"

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        self._client: Any = boto3.client("kms", region_name=settings.AWS_REGION)

    def new(self, context: str) -> tuple[bytes, bytes]:
        made = self._client.generate_data_key(
            KeyId=self.key_id, KeySpec="AES_256", EncryptionContext={"context": context}
        )
        return made["Plaintext"], made["CiphertextBlob"]

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        try:
            opened = self._client.decrypt(
                KeyId=self.key_id, CiphertextBlob=wrapped, EncryptionContext={"context": context}
            )
        except (
            self._client.exceptions.InvalidCiphertextException,
            self._client.exceptions.IncorrectKeyException,
        ) as error:
            raise Unsealable("KMS does not open it.") from error
        key: bytes = opened["Plaintext"]
        return key

    def is_current(self, wrapped: bytes) -> bool:
        return True


def seal(secret: str, context: str) -> str:
    """Ciphertext of `secret`, as text. Opens with the same context alone."""
    master = _master()
    key, wrapped = master.new(context)
    return SEPARATOR.join((master.kind, _text(wrapped), _text(encrypt(key, secret.encode(), context))))


def unseal(sealed: str, context: str) -> str:
    """What `seal` was given. Raises `Unsealable` for anything tampered with, moved, or of other keys."""
    master, wrapped, body = _parts(sealed)
    return decrypt(master.unwrap(wrapped, context), body, context).decode()


def reseal(sealed: str, context: str) -> str:
    """The same secret under the present master key: unchanged where it already is."""
    master, wrapped, _ = _parts(sealed)
    if master is _master() and master.is_current(wrapped):
        return sealed
    return seal(unseal(sealed, context), context)


def _parts(sealed: str) -> tuple[MasterKey, bytes, bytes]:
    try:
        kind, wrapped, body = sealed.split(SEPARATOR)
        return _masters()[kind], base64.b64decode(wrapped, validate=True), base64.b64decode(body, validate=True)
    except (ValueError, KeyError) as error:
        raise Unsealable("It is not something sealed.") from error


def _master() -> MasterKey:
    return _masters()["kms" if settings.VAULT_KMS_KEY else "local"]


def _masters() -> dict[str, MasterKey]:
    return _made(tuple(settings.VAULT_KEYS), settings.VAULT_KMS_KEY)


@cache
def _made(keys: tuple[str, ...], kms_key: str) -> dict[str, MasterKey]:
    """Both kinds where both are set: what was sealed before the move to KMS still opens."""
    masters: dict[str, MasterKey] = {"local": LocalKeys(list(keys))} if keys else {}
    return masters | ({"kms": KmsKey(kms_key)} if kms_key else {})


def encrypt(key: bytes, secret: bytes, context: str) -> bytes:
    """AES-256-GCM under a key that the caller keeps, with a nonce of its own in front; `context` is authenticated."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, context.encode())


def decrypt(key: bytes, body: bytes, context: str) -> bytes:
    """Raises `Unsealable`."""
    try:
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable("It was tampered with, or belongs elsewhere.") from error


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
