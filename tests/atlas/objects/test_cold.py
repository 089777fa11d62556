"""Objects in cold storage, as S3 tells of them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from atlas.errors import NotFound
from atlas.objects import cold
from atlas.objects.cold import ColdState, S3ColdStorage, restored

UNTIL = datetime(2029, 12, 21, tzinfo=UTC)
HEADERS = {
    None: (ColdState.COLD, None),
    "": (ColdState.COLD, None),
    'ongoing-request="true"': (ColdState.THAWING, None),
    'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"': (ColdState.READABLE, UNTIL),
}


@pytest.mark.parametrize("header", HEADERS, ids=["none", "empty", "under way", "there"])
def test_s3_says_in_a_header_how_a_restore_stands(header: str | None) -> None:
    found = restored(header)
    assert (found.state, found.until) == HEADERS[header]


class FakeObject:
    """boto3's, of an object in this class; `refuses` is the code of the error that it answers with."""

    def __init__(self, storage_class: str | None = "GLACIER", restore: str | None = None, refuses: str = "") -> None:
        self.storage_class, self.restore, self.refuses = storage_class, restore, refuses
        self.asked: list[Any] = []

    def load(self) -> None:
        self._refuse()

    def restore_object(self, **request: Any) -> None:
        self.asked.append(request)
        self._refuse()

    def _refuse(self) -> None:
        if self.refuses:
            raise ClientError({"Error": {"Code": self.refuses, "Message": ""}}, "RestoreObject")


def at(monkeypatch: pytest.MonkeyPatch, found: FakeObject) -> S3ColdStorage:
    monkeypatch.setattr(cold, "s3_object", lambda key: found)
    return S3ColdStorage()


def test_a_restore_names_days_and_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    found = FakeObject()
    at(monkeypatch, found).request("archive/x")
    assert found.asked == [{"RestoreRequest": {"Days": 7, "GlacierJobParameters": {"Tier": "Standard"}}}]


@pytest.mark.parametrize("code", ["RestoreAlreadyInProgress", "InvalidObjectState"])
def test_asking_again_or_too_early_is_no_error(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, FakeObject(refuses=code)).request("archive/x")


def test_any_other_refusal_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ClientError):
        at(monkeypatch, FakeObject(refuses="AccessDenied")).request("archive/x")


def test_what_is_not_in_glacier_yet_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert at(monkeypatch, FakeObject(None)).standing("archive/x", None).state is ColdState.READABLE


def test_what_is_gone_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        at(monkeypatch, FakeObject(refuses="404")).standing("archive/x", None)
