"""The S3 server of `make run`: how it is had, where it listens, and that a kill costs nothing that was written."""

import sys
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from atlas.local import objects
from atlas.local.errors import LocalError
from atlas.local.service import Service

pytestmark = pytest.mark.slow


def s3(service: Service, secret: str = objects.CREDENTIAL) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=service.url,
        region_name="us-east-1",
        aws_access_key_id=objects.CREDENTIAL,
        aws_secret_access_key=secret,
        config=Config(signature_version="s3v4"),
    )


def test_it_listens_on_the_loopback_only_and_keeps_its_files_in_its_folder(tmp_path: Path) -> None:
    program = objects.program(port=1, folder=tmp_path / "objects", executable=Path(sys.executable))
    assert program.env["BIND_HOST"] == "127.0.0.1"
    assert program.env["S3_DATA_DIR"] == str(tmp_path / "objects")
    with objects.object_server(tmp_path / "running") as server:
        s3(server).create_bucket(Bucket="kept")
        s3(server).put_object(Bucket="kept", Key="a/b.txt", Body=b"here")
    assert [path.name for path in (tmp_path / "running").rglob("b.txt")] == ["b.txt"]


def test_what_was_written_survives_a_kill_in_the_middle_of_writing(tmp_path: Path) -> None:
    with objects.object_server(tmp_path / "data") as server:
        client = s3(server)
        client.create_bucket(Bucket="kept")
        for number in range(20):
            client.put_object(Bucket="kept", Key=f"{number:03}", Body=str(number).encode())
        upload = client.create_multipart_upload(Bucket="kept", Key="unfinished")
        client.upload_part(
            Bucket="kept", Key="unfinished", UploadId=upload["UploadId"], PartNumber=1, Body=b"x" * 5_242_880
        )
        server.kill()
        server.start()
        kept = [entry["Key"] for entry in client.list_objects_v2(Bucket="kept")["Contents"]]
        assert kept == [f"{number:03}" for number in range(20)], "and nothing that was not finished"
        assert client.get_object(Bucket="kept", Key="007")["Body"].read() == b"7"


def test_an_address_that_was_signed_with_another_secret_gives_nothing(tmp_path: Path) -> None:
    with objects.object_server(tmp_path / "data") as server:
        s3(server).create_bucket(Bucket="kept")
        s3(server).put_object(Bucket="kept", Key="a", Body=b"here")
        named = {"Bucket": "kept", "Key": "a"}
        ours = s3(server).generate_presigned_url("get_object", Params=named)
        theirs = s3(server, secret="another").generate_presigned_url("get_object", Params=named)
        assert httpx.get(ours).content == b"here"
        assert httpx.get(theirs).status_code == 403


def test_it_is_installed_once_with_pinned_hashes() -> None:
    executable = objects.python()
    assert executable.exists()
    assert objects.python() == executable
    pins = objects.REQUIREMENTS.read_text()
    assert "ministack==" in pins
    assert pins.count("==") <= pins.count("--hash=sha256:")


def test_what_cannot_be_installed_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "requirements.txt"
    wrong.write_text(f"h11==0.16.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(objects, "REQUIREMENTS", wrong)
    monkeypatch.setattr(objects, "TOOLS", tmp_path / "tools")
    with pytest.raises(LocalError, match=r"could not be installed: ERROR.*OBJECTS_ENDPOINT") as refused:
        objects.python()
    assert "\n" not in str(refused.value)
    assert [path.name for path in (tmp_path / "tools").iterdir()] == ["lock"]
