"""The bucket as it must be: private, encrypted, and without leftovers. `manage.py objects` applies and checks it."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings

from atlas.objects.storage import encryption
from atlas.objects.store import storage

NOT_PUBLIC = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
UNFINISHED_DAYS = 2
"""After which S3 throws away the parts of an upload that nobody finished."""
_ABSENT = {"404", "NoSuchBucket", "NotFound"}


def exists() -> bool:
    """Whether the bucket answers. One HeadBucket; an outage raises."""
    try:
        _client().head_bucket(Bucket=settings.OBJECTS_BUCKET)
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return False
        raise
    return True


def differences() -> Iterator[str]:
    """What is not as it should be, in words; nothing when all is well."""
    if not exists():
        yield f"The bucket {settings.OBJECTS_BUCKET} does not exist."
        return
    if _asked("get_public_access_block", "PublicAccessBlockConfiguration") != NOT_PUBLIC:
        yield "Public access is not blocked."
    if _encryption_of(_asked("get_bucket_encryption", "ServerSideEncryptionConfiguration")) != encryption():
        yield "Objects are not encrypted by default as the settings say."
    if unfinished_rule() not in (_asked("get_bucket_lifecycle_configuration", "Rules") or []):
        yield f"Unfinished uploads are not removed after {UNFINISHED_DAYS} days."


def apply() -> list[str]:
    """Create the bucket or put its settings right; what was done. Lifecycle rules that are not ours stay."""
    found = list(differences())
    if not found:
        return []
    client, bucket = _client(), settings.OBJECTS_BUCKET
    if not exists():
        client.create_bucket(Bucket=bucket, **_place())
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=NOT_PUBLIC)
    client.put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [_encryption_rule(encryption())]}
    )
    ours = unfinished_rule()
    others = [rule for rule in _asked("get_bucket_lifecycle_configuration", "Rules") or [] if rule["ID"] != ours["ID"]]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [*others, ours]})
    return found


def _client() -> Any:
    return storage().connection.meta.client


def _asked(operation: str, member: str) -> Any:
    """One setting of the bucket; None where it has none."""
    try:
        return getattr(_client(), operation)(Bucket=settings.OBJECTS_BUCKET).get(member)
    except ClientError as error:
        if error.response["Error"]["Code"].startswith(("NoSuch", "ServerSideEncryptionConfigurationNotFound")):
            return None
        raise


def _place() -> dict[str, Any]:
    """us-east-1 is the one region that must not be named."""
    region = settings.AWS_REGION
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _encryption_rule(wanted: Mapping[str, str]) -> dict[str, Any]:
    default = {"SSEAlgorithm": wanted["ServerSideEncryption"]}
    if key := wanted.get("SSEKMSKeyId"):
        default["KMSMasterKeyID"] = key
    return {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": "SSEKMSKeyId" in wanted}


def _encryption_of(configuration: Mapping[str, Any] | None) -> dict[str, str]:
    rules = (configuration or {}).get("Rules") or [{}]
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    found = {"ServerSideEncryption": default.get("SSEAlgorithm"), "SSEKMSKeyId": default.get("KMSMasterKeyID")}
    return {name: value for name, value in found.items() if value}


def unfinished_rule() -> dict[str, Any]:
    """S3 throws away the parts of an upload that nobody finished."""
    return {
        "ID": "atlas-unfinished-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
    }
