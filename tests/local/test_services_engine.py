"""The engine and Redis as tests use them, and how the engine is fetched."""

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import redis

from atlas.local import engine, npm
from atlas.local.engine import file_engine, memory_engine
from atlas.local.errors import LocalError
from atlas.local.redis import server, temporary_redis
from atlas.local.service import Service
from tests.local.terminal import all_gone


def client(service: Service) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=service.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def make_table(service: Service) -> None:
    client(service).create_table(
        TableName="atlas-notes",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_each_engine_in_memory_is_empty_and_alone() -> None:
    with memory_engine() as one, memory_engine() as two:
        make_table(one)
        assert client(one).list_tables()["TableNames"] == ["atlas-notes"]
        assert client(two).list_tables()["TableNames"] == []
        pids = {one.pid, two.pid}
    assert all_gone(pids, within=0)


def test_a_killed_engine_comes_back_on_its_port_with_its_data(tmp_path: Path) -> None:
    with file_engine(tmp_path / "deep" / "dynamodb.sqlite") as service:
        make_table(service)
        client(service).put_item(TableName="atlas-notes", Item={"id": {"S": "kept"}})
        url, pid = service.url, service.pid
        service.kill()
        assert all_gone({pid}, within=0)
        service.start()
        assert service.url == url
        assert "Item" in client(service).get_item(TableName="atlas-notes", Key={"id": {"S": "kept"}})


def test_a_temporary_redis_is_fresh_each_time() -> None:
    with temporary_redis() as first, redis.Redis.from_url(first.url) as connection:
        connection.set("key", "value")
    with temporary_redis() as second, redis.Redis.from_url(second.url) as connection:
        assert connection.dbsize() == 0
        folder = connection.config_get("dir")["dir"]
    assert not Path(folder).exists()


def test_a_service_that_cannot_start_says_what_it_said(tmp_path: Path) -> None:
    liar = tmp_path / "dynoxide"
    liar.write_text("#!/bin/sh\necho no room on the disk\nexit 1\n")
    liar.chmod(0o755)
    service = Service(lambda port: engine.program(port=port, database=None, executable=liar))
    with pytest.raises(LocalError, match=r"dynamodb does not start\. It said: no room on the disk"):
        service.start()


def test_without_any_redis_the_line_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LocalError, match=r"apt install redis-server.*REDIS_URL"):
        server()


def test_the_systems_redis_serves_where_the_wheel_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = tmp_path / "valkey-server"
    installed.write_text("")
    installed.chmod(0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server() == str(installed)


# Fetching. An npm of our own making stands in for the registry; the checksum and the unpacking are the real ones.


@pytest.fixture
def fake_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes], None]:
    """Make `npm pack` hand out a tarball with this content as the executable."""
    monkeypatch.delenv("ATLAS_ENGINE", raising=False)
    monkeypatch.setattr(engine, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")

    def publish(executable: bytes) -> None:
        package, npm_folder = tmp_path / "package.tgz", tmp_path / "bin"
        with tarfile.open(package, "w:gz") as tar:
            member = tarfile.TarInfo("package/dynoxide")
            member.size, member.mode = len(executable), 0o644
            tar.addfile(member, io.BytesIO(executable))
        npm_folder.mkdir()
        program = npm_folder / "npm"
        program.write_text(
            f'#!/bin/sh\n{shutil.which("cp")} {package} dynoxide.tgz\necho "$@" > {tmp_path}/asked\necho dynoxide.tgz\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(npm_folder))

    return publish


def test_what_is_fetched_is_executable_and_fetched_once(
    fake_npm: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_npm(b"#!/bin/sh\n")
    seen: list[str] = []
    monkeypatch.setattr(npm, "verify", lambda archive, integrity: seen.append(integrity))
    path = engine.binary()
    assert path.read_bytes() == b"#!/bin/sh\n"
    assert os.access(path, os.X_OK)
    assert engine.binary() == path
    assert seen == [engine.INTEGRITY["linux-x64"]], "verified, and not fetched again"
    assert (tmp_path / "asked").read_text().startswith(f"pack @dynoxide/linux-x64@{engine.VERSION} ")


def test_another_content_than_the_pinned_one_is_refused_and_leaves_nothing(fake_npm: Callable[[bytes], None]) -> None:
    fake_npm(b"something else")
    with pytest.raises(LocalError, match=r"not what was expected: its checksum is sha512-.*ATLAS_ENGINE"):
        engine.binary()
    assert not list(engine.TOOLS.rglob("*dynoxide*/dynoxide"))
    assert not list(engine.TOOLS.rglob("*.tgz"))


def test_without_an_npm_the_line_says_what_to_do(
    fake_npm: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(LocalError, match=r"there is no npm.*ATLAS_ENGINE.*DYNAMODB_ENDPOINT"):
        engine.binary()


def test_an_unknown_platform_is_told_so(fake_npm: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(LocalError, match=r"No DynamoDB engine is published for linux-riscv64\. Set ATLAS_ENGINE"):
        engine.binary()


def test_the_npm_of_the_wheel_is_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (command,) = npm.clients()
    answer = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    assert int(answer.stdout.split(".")[0]) >= 10
