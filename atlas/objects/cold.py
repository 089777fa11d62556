"""Objects in cold storage: asking for one to be readable, and how far that is. Which provider is a setting.

S3 moves an object to Glacier by a lifecycle rule (`manage.py storage`); to be read it must be restored, which takes
minutes to hours, and is then readable for some days. The embedded S3 server knows no classes: there everything is
called cold, and a request is answered after a delay, so that the same pages and answers are seen on one machine.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Protocol

from botocore.exceptions import ClientError
from django.conf import settings
from django.utils.module_loading import import_string

from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound
from atlas.objects.store import _object as s3_object

FROZEN = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Storage classes that must be restored to be read. GLACIER_IR is read as it is."""
_UNDER_WAY = "RestoreAlreadyInProgress"
_RESTORE = re.compile(r'ongoing-request="(?P<ongoing>true|false)"(?:, expiry-date="(?P<until>[^"]+)")?')


class ColdState(StrEnum):
    COLD = "COLD"
    THAWING = "THAWING"
    READABLE = "READABLE"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an object stands; `until` is when it will be cold again, None where it never was."""

    state: ColdState
    until: datetime | None = None


class ColdStorage(Protocol):
    def request(self, key: str) -> None:
        """Have it made readable for `ARCHIVE_RESTORE_DAYS`. Again while it is under way changes nothing."""

    def standing(self, key: str, asked_at: datetime | None) -> Standing:
        """`asked_at`: when it was last requested, as far as we know. Raises `NotFound`."""


class S3ColdStorage:
    """Amazon S3 and its Glacier classes."""

    def request(self, key: str) -> None:
        try:
            s3_object(key).restore_object(
                RestoreRequest={
                    "Days": settings.ARCHIVE_RESTORE_DAYS,
                    "GlacierJobParameters": {"Tier": settings.ARCHIVE_RESTORE_TIER},
                }
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "InvalidObjectState":  # not in Glacier yet: it can be read as it is
                return
            if code != _UNDER_WAY:
                raise

    def standing(self, key: str, asked_at: datetime | None) -> Standing:
        found: Any = s3_object(key)
        try:
            found.load()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                raise NotFound from error
            raise
        if found.storage_class not in FROZEN:
            return Standing(ColdState.READABLE, _granted_until(asked_at))
        return restored(found.restore)


class SimulatedColdStorage:
    """For one machine: what was asked for is readable after `ARCHIVE_SIMULATED_SECONDS`."""

    def request(self, key: str) -> None:
        """There is nobody to ask: the time of asking is all that counts."""

    def standing(self, key: str, asked_at: datetime | None) -> Standing:
        if asked_at is None:
            return Standing(ColdState.COLD)
        ready = asked_at + timedelta(seconds=settings.ARCHIVE_SIMULATED_SECONDS)
        until = ready + timedelta(days=settings.ARCHIVE_RESTORE_DAYS)
        now = utc_now()
        if now >= until:
            return Standing(ColdState.COLD)
        return Standing(ColdState.READABLE, until) if now >= ready else Standing(ColdState.THAWING)


def restored(header: str | None) -> Standing:
    """S3's `x-amz-restore`: `ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"`."""
    found = _RESTORE.search(header or "")
    if found is None:
        return Standing(ColdState.COLD)
    if found["ongoing"] == "true":
        return Standing(ColdState.THAWING)
    until = parsedate_to_datetime(found["until"]) if found["until"] else None
    return Standing(ColdState.READABLE, until)


def cold_storage() -> ColdStorage:
    """The provider that `ARCHIVE_COLD_STORAGE` names."""
    made: ColdStorage = import_string(settings.ARCHIVE_COLD_STORAGE)()
    return made


def _granted_until(asked_at: datetime | None) -> datetime | None:
    """Of an object that has not cooled down yet: the grant ends all the same, as it will for those that have."""
    return asked_at + timedelta(days=settings.ARCHIVE_RESTORE_DAYS) if asked_at else None
