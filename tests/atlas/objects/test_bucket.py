"""The bucket is made what it must be, and what is not so is said."""

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from atlas.local.ports import free_port
from atlas.objects import bucket
from atlas.objects.storage import ObjectStorage
from atlas.objects.store import storage


@pytest.fixture
def another(objects: object, settings: Settings) -> str:
    """The name of a bucket that is not there."""
    settings.OBJECTS_BUCKET = f"atlas-{uuid4()}"
    settings.STORAGES = dict(settings.STORAGES)
    return str(settings.OBJECTS_BUCKET)


def run(action: str) -> str:
    out = StringIO()
    call_command("objects", action, stdout=out)
    return out.getvalue()


def client() -> Any:
    return storage().connection.meta.client


def test_a_bucket_that_is_missing_is_made(another: str) -> None:
    with pytest.raises(CommandError, match="not what it must be"):
        run("check")
    assert f"The bucket {another} does not exist." in run("apply")
    assert run("apply") == run("check") == f"The bucket {another} is as it must be.\n"


def test_what_somebody_changed_is_found_and_put_right(another: str) -> None:
    run("apply")
    client().delete_public_access_block(Bucket=another)
    client().put_bucket_lifecycle_configuration(
        Bucket=another,
        LifecycleConfiguration={
            "Rules": [{"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "t/"}, "Expiration": {"Days": 9}}]
        },
    )

    assert list(bucket.differences()) == [
        "Public access is not blocked.",
        "Unfinished uploads are not removed after 2 days.",
    ]
    run("apply")
    assert not list(bucket.differences())
    rules = client().get_bucket_lifecycle_configuration(Bucket=another)["Rules"]
    assert {rule["ID"] for rule in rules} == {"theirs", "atlas-unfinished-uploads"}


def test_production_encrypts_and_never_sends_an_acl(settings: Settings) -> None:
    settings.PRODUCTION, settings.OBJECTS_ENDPOINT, settings.OBJECTS_KMS_KEY = True, None, "alias/ours"
    production = ObjectStorage()
    sent = production._get_write_parameters("a.csv", None)
    assert sent["ServerSideEncryption"] == "aws:kms"
    assert sent["SSEKMSKeyId"] == "alias/ours"
    assert "ACL" not in sent
    assert production.endpoint_url is None
    assert production.access_key != "local"
    settings.OBJECTS_KMS_KEY = ""
    assert ObjectStorage()._get_write_parameters("a.csv", None)["ServerSideEncryption"] == "AES256"


def test_a_server_that_is_away_is_one_line(settings: Settings) -> None:
    settings.OBJECTS_ENDPOINT = f"http://127.0.0.1:{free_port()}"
    settings.STORAGES = dict(settings.STORAGES)
    with pytest.raises(CommandError, match="S3 at http://127"):
        run("check")
