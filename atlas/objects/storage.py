"""The `default` entry of `STORAGES`: django-storages' S3 backend under the settings of Atlas."""

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage

CHUNK_BYTES = 8 * 1024 * 1024
"""Of a larger object, so much at a time is in memory and on its way."""
LOCAL_CREDENTIALS = {"access_key": "local", "secret_key": "local"}
"""Of the embedded server, which must know the same secret, or no signed address would hold. AWS has its own chain."""


class ObjectStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """One private bucket: no ACL is ever sent, every address is signed, production encrypts at rest."""

    def get_default_settings(self) -> dict[str, Any]:
        local = LOCAL_CREDENTIALS if settings.OBJECTS_ENDPOINT and not settings.PRODUCTION else {}
        return {
            **super().get_default_settings(),
            **local,
            "bucket_name": settings.OBJECTS_BUCKET,
            "endpoint_url": settings.OBJECTS_ENDPOINT,
            "region_name": settings.AWS_REGION,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 60,
            "file_overwrite": True,
            "max_memory_size": CHUNK_BYTES,
            "object_parameters": encryption() if settings.PRODUCTION else {},
            "transfer_config": TransferConfig(
                multipart_threshold=CHUNK_BYTES, multipart_chunksize=CHUNK_BYTES, use_threads=False
            ),
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if settings.OBJECTS_ENDPOINT else "virtual"},
                connect_timeout=2,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 3},
                tcp_keepalive=True,
            ),
        }


def encryption() -> dict[str, str]:
    """How an object is encrypted at rest: under our own key where there is one, else under S3's."""
    if settings.OBJECTS_KMS_KEY:
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": settings.OBJECTS_KMS_KEY}
    return {"ServerSideEncryption": "AES256"}
