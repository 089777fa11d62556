"""Secrets at rest: they open where they belong, with the keys of now or before, and nowhere else."""

import base64
from collections.abc import Iterator
from unittest.mock import patch

import boto3
import pytest
from botocore.stub import Stubber
from django.conf import LazySettings
from hypothesis import assume, given
from hypothesis import strategies as st

from atlas import vault
from atlas.vault import KmsKey, Unsealable, reseal, seal, unseal


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_in_its_context_alone(secret: str, context: str) -> None:
    sealed = seal(secret, context)
    assert unseal(sealed, context) == secret
    assert sealed != seal(secret, context)
    with pytest.raises(Unsealable):
        unseal(sealed, context + "x")


@given(st.floats(0, 1, exclude_max=True), st.sampled_from("ABCxyz019+/=."))
def test_one_changed_character_is_noticed(where: float, character: str) -> None:
    sealed = seal("a secret of some length", "here")
    at = int(where * len(sealed))
    assume(character != sealed[at])
    changed = sealed[:at] + character + sealed[at + 1 :]
    try:
        assert unseal(changed, "here") == "a secret of some length"  # unused bits at the end of a base64 text
        assert [base64.b64decode(part) for part in changed.split(".")[1:]] == [
            base64.b64decode(part) for part in sealed.split(".")[1:]
        ]
    except Unsealable:
        pass


@given(st.text())
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(Unsealable):
        unseal(text, "here")


def test_a_new_key_seals_and_the_old_ones_open(settings: LazySettings) -> None:
    settings.VAULT_KEYS = ["old"]
    old = seal("secret", "here")
    settings.VAULT_KEYS = ["new", "old"]
    assert unseal(old, "here") == "secret"
    fresh = reseal(old, "here")
    assert reseal(fresh, "here") == fresh != old
    settings.VAULT_KEYS = ["new"]
    assert unseal(fresh, "here") == "secret"
    with pytest.raises(Unsealable, match="no longer"):
        unseal(old, "here")


@pytest.fixture
def kms(settings: LazySettings) -> Iterator[Stubber]:
    """AWS's own model of KMS: a request or an answer that it does not allow fails here."""
    settings.VAULT_KMS_KEY = "alias/atlas"
    with patch.dict("os.environ", {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}):
        client = boto3.client("kms", region_name="us-east-1")
    with patch.object(boto3, "client", return_value=client), Stubber(client) as stub:
        vault._made.cache_clear()
        yield stub
    vault._made.cache_clear()


def test_kms_wraps_the_key_and_never_sees_the_secret(kms: Stubber) -> None:
    key, wrapped, context = b"k" * 32, b"wrapped by KMS", {"context": "here"}
    kms.add_response(
        "generate_data_key",
        {"Plaintext": key, "CiphertextBlob": wrapped, "KeyId": "alias/atlas"},
        {"KeyId": "alias/atlas", "KeySpec": "AES_256", "EncryptionContext": context},
    )
    sealed = seal("secret", "here")
    kms.add_response(
        "decrypt",
        {"Plaintext": key, "KeyId": "alias/atlas"},
        {"KeyId": "alias/atlas", "CiphertextBlob": wrapped, "EncryptionContext": context},
    )
    assert unseal(sealed, "here") == "secret"
    assert reseal(sealed, "here") == sealed
    kms.add_client_error("decrypt", "InvalidCiphertextException")
    with pytest.raises(Unsealable):
        unseal(sealed, "here")
    kms.assert_no_pending_responses()


def test_what_was_sealed_before_the_move_to_kms_still_opens(settings: LazySettings, kms: Stubber) -> None:
    settings.VAULT_KMS_KEY = ""
    old = seal("secret", "here")
    settings.VAULT_KMS_KEY = "alias/atlas"
    assert unseal(old, "here") == "secret"
    assert isinstance(vault._master(), KmsKey)
