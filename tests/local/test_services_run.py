"""`make run` as a whole, on a stand-in list of programs: start, stop, death, and the second start."""

import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
import redis

from atlas.local.ports import free_port
from tests.local.terminal import STANDIN, Terminal, all_gone, ancestors, living, terminal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]
LEAST_CHILDREN = 4
"""Engine, Redis, web, worker."""


def dynamodb(run: Terminal) -> Any:
    return boto3.resource(
        "dynamodb",
        endpoint_url=run.service("DYNAMODB_ENDPOINT"),
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def write(run: Terminal) -> None:
    table = dynamodb(run).create_table(
        TableName="atlas-notes",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.put_item(Item={"id": "kept", "text": "here"})
    with redis.Redis.from_url(run.service("REDIS_URL")) as client:
        client.set("kept", "here")
        client.config_set("appendfsync", "always")
        client.set("kept-too", "here")


def read(run: Terminal) -> tuple[str, bytes, bytes]:
    item = dynamodb(run).Table("atlas-notes").get_item(Key={"id": "kept"})["Item"]
    with redis.Redis.from_url(run.service("REDIS_URL")) as client:
        return item["text"], client.get("kept"), client.get("kept-too")


def test_ctrl_c_stops_every_process_and_is_no_failure(tmp_path: Path) -> None:
    with terminal(tmp_path) as run:
        children = run.ready().children()
        assert len(children) >= LEAST_CHILDREN
        assert run.interrupt() == 0
        assert all_gone(children, within=0.1)
    assert "Traceback" not in run.seen


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_from_outside_or_a_closed_terminal_does_the_same(tmp_path: Path, signum: signal.Signals) -> None:
    with terminal(tmp_path) as run:
        children = run.ready().children()
        run.process.send_signal(signum)
        assert run.end() == 0
        assert all_gone(children, within=0.1)


def test_what_is_started_waits_for_what_it_needs(tmp_path: Path) -> None:
    with terminal(tmp_path) as run:
        run.wait_for("worker has redis")
        run.interrupt()
    assert run.seen.index("setup saw the engine") < run.seen.index("worker has redis://127.0.0.1:")


def test_lines_bear_the_name_of_who_said_them_and_a_huge_one_stops_nothing(tmp_path: Path) -> None:
    with terminal(tmp_path) as run:
        run.wait_for(r"^\d\d:\d\d:\d\d worker +\| worker has redis")
        run.wait_for(r"worker +\| x{200000}$")


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    with terminal(tmp_path) as first:
        children = first.ready().children()
        assert len(children) >= LEAST_CHILDREN
        write(first)
        first.process.kill()
        assert all_gone(children)
    with terminal(tmp_path, port=first.port) as second:
        assert read(second.ready()) == ("here", b"here", b"here")
        assert second.service("REDIS_URL") == first.service("REDIS_URL"), "ports are remembered"


def test_data_survives_an_orderly_stop(tmp_path: Path) -> None:
    with terminal(tmp_path) as first:
        write(first.ready())
        first.interrupt()
    with terminal(tmp_path) as second:
        assert read(second.ready()) == ("here", b"here", b"here")


def test_it_goes_with_the_make_that_started_it(tmp_path: Path) -> None:
    # `; true` keeps the shell from replacing itself with the run: it stays the parent, as make does.
    command = ("sh", "-c", f"{' '.join(STANDIN)} --with-parent; true")
    with terminal(tmp_path, command=command) as run:
        children = run.ready().children()
        assert len(children) > LEAST_CHILDREN, "the supervisor is one of them here"
        run.process.kill()
        assert all_gone(children, within=15)


def test_two_runs_on_folders_of_their_own_do_not_meet(tmp_path: Path) -> None:
    with terminal(tmp_path / "one") as one, terminal(tmp_path / "two") as two:
        one.ready()
        two.ready()
        assert one.service("DYNAMODB_ENDPOINT") != two.service("DYNAMODB_ENDPOINT")
        assert one.service("REDIS_URL") != two.service("REDIS_URL")


def test_a_second_run_on_the_same_data_says_where_the_first_one_is(tmp_path: Path) -> None:
    with terminal(tmp_path) as first:
        first.ready()
        with terminal(tmp_path) as second:
            assert second.end() == 1
        assert second.seen.splitlines() == [
            f"atlas: Atlas already runs on {tmp_path}: http://127.0.0.1:{first.port}/ (pid {first.process.pid}). "
            "Stop it first, or choose another ATLAS_DATA."
        ]
        assert first.process.poll() is None


def test_a_port_in_use_is_one_line_that_names_the_holder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with terminal(tmp_path, port=port) as run:
            assert run.end() == 1
    (line,) = run.seen.splitlines()
    assert line.startswith(f"atlas: Port {port} is in use by ")
    assert f"(pid {os.getpid()})" in line
    assert line.endswith(f"make run PORT={port + 1}")


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty', which is not a port number."),
        ({"PORT": "70000"}, "PORT is '70000', which is not a port number."),
        ({"ATLAS_ENV": "production"}, "ATLAS_ENV is not local"),
        ({"ATLAS_ENGINE": "/nowhere/dynoxide"}, "ATLAS_ENGINE names /nowhere/dynoxide, which is not a program."),
        ({"ATLAS_DATA": "/proc/nothing"}, "/proc/nothing"),
    ],
)
def test_what_cannot_work_is_one_line(tmp_path: Path, env: dict[str, str], line: str) -> None:
    with terminal(tmp_path, command=("env", *(f"{name}={value}" for name, value in env.items()), *STANDIN)) as run:
        assert run.end() == 1
    assert len(run.seen.splitlines()) == 1
    assert run.seen.startswith("atlas: ")
    assert line in run.seen


def test_who_dies_is_started_again_and_named(tmp_path: Path) -> None:
    with terminal(tmp_path) as run:
        before = run.ready().children()
        (worker,) = (pid for pid in before if b"worker has" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(worker, signal.SIGKILL)
        run.wait_for(r"atlas +\| worker ended \(killed by SIGKILL\); starting it again\.")
        run.wait_for(r"worker +\| worker has redis")
        assert before - run.children() == {worker}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("setup", "setup ended (exit code 3). Its last lines:\nsetup saw the engine"),
        ("web", "web ended (exit code 1). Its last lines:\nno web today"),
    ],
)
def test_who_cannot_get_up_ends_the_run_with_its_last_lines(tmp_path: Path, fault: str, says: str) -> None:
    with terminal(tmp_path, STANDIN_FAULT=fault) as run:
        group = run.process.pid
        assert run.end() == 1
    assert f"atlas: {says}\n" in run.seen
    assert "Atlas is ready" not in run.seen
    assert not {pid for pid in living() if group in ancestors(pid)}


@pytest.mark.slow
def test_who_dies_again_and_again_ends_the_run(tmp_path: Path) -> None:
    with terminal(tmp_path, STANDIN_FAULT="worker") as run:
        assert run.end() == 1
    assert run.seen.count("worker ended (exit code 0); starting it again.") == 5
    assert "atlas: worker ended (exit code 0). Its last lines:\nworker has redis://" in run.seen


def test_a_ports_file_that_is_damaged_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ports.json").write_text('{"redis": "six", ')
    with terminal(tmp_path, port=free_port()) as run:
        assert run.ready().interrupt() == 0
