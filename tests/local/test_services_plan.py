"""What `make run` would start, and the ports and settings around it."""

import itertools
import json
import os
import re
import socket
from pathlib import Path

import pytest

from atlas.local import ports
from atlas.local.errors import LocalError
from atlas.local.plan import PORTS, plan
from atlas.local.program import Program
from atlas.local.reservation import Reservation

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {"dynamodb": 1, "square": 2, "redis": 3, "objects": 4}


def names(tmp_path: Path, **given: str) -> list[list[str]]:
    wanted = plan(data=tmp_path, port=8000, ports=PLAIN, given=given)
    return [[program.name for program in wave] for wave in wanted.waves]


def test_services_come_first_then_tables_then_seed_then_atlas(tmp_path: Path) -> None:
    assert names(tmp_path) == [
        ["dynamodb", "redis", "objects", "square"],
        ["tables", "bucket"],
        ["seed"],
        ["web", "worker", "beat", "drive", "sweep"],
    ]


@pytest.mark.parametrize(
    ("setting", "service"),
    [
        ("DYNAMODB_ENDPOINT", "dynamodb"),
        ("REDIS_URL", "redis"),
        ("SQUARE_BASE_URL", "square"),
        ("OBJECTS_ENDPOINT", "objects"),
    ],
)
def test_a_service_that_is_elsewhere_is_not_started(tmp_path: Path, setting: str, service: str) -> None:
    wanted = plan(data=tmp_path, port=8000, ports=PLAIN, given={setting: "http://elsewhere"})
    assert service not in [program.name for program in wanted.waves[0]]
    assert setting not in wanted.env, "it stays as it was given"


def test_every_program_learns_where_the_services_are(tmp_path: Path) -> None:
    env = plan(data=tmp_path, port=8000, ports=PLAIN, given={}).env
    assert env["DYNAMODB_ENDPOINT"] == "http://127.0.0.1:1"
    assert env["SQUARE_BASE_URL"] == "http://127.0.0.1:2"
    assert env["REDIS_URL"] == "redis://127.0.0.1:3/0"
    assert env["OBJECTS_ENDPOINT"] == "http://127.0.0.1:4"
    assert (env["ATLAS_ENV"], env["PORT"], env["ATLAS_DATA"]) == ("local", "8000", str(tmp_path))


def test_the_payment_sandbox_and_its_client_share_their_secrets(tmp_path: Path) -> None:
    wanted = plan(data=tmp_path, port=8765, ports=PLAIN, given={"SQUARE_WEBHOOK_KEY": "chosen"})
    (square,) = (program for program in wanted.waves[0] if program.name == "square")
    flags = dict(itertools.pairwise(square.command))
    assert flags["--access-token"] == wanted.env["SQUARE_ACCESS_TOKEN"]
    assert flags["--webhook-signature-key"] == wanted.env["SQUARE_WEBHOOK_KEY"] == "chosen"
    assert flags["--webhook-url"] == wanted.env["SQUARE_WEBHOOK_URL"] == "http://127.0.0.1:8765/api/v1/webhooks/square"


@pytest.mark.parametrize(("server", "module"), [("", "daphne"), ("daphne", "daphne"), ("uvicorn", "uvicorn")])
def test_the_web_server_is_a_choice(tmp_path: Path, server: str, module: str) -> None:
    wanted = plan(data=tmp_path, port=8000, ports=PLAIN, given={"ATLAS_SERVER": server})
    (web,) = (program for program in wanted.waves[-1] if program.name == "web")
    assert web.command[web.command.index("-m") + 1] == module
    assert "127.0.0.1" in web.command


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_trackers_have_a_port_of_their_own_where_one_is_wanted(tmp_path: Path, server: str) -> None:
    given = {"ATLAS_SERVER": server, "OSMAND_PORT": "5055"}
    assert "trackers" not in [each.name for each in plan(data=tmp_path, port=8000, ports=PLAIN, given={}).waves[-1]]
    wanted = plan(data=tmp_path, port=8000, ports=PLAIN, given=given)
    (trackers,) = (program for program in wanted.waves[-1] if program.name == "trackers")
    assert (trackers.port, trackers.command[trackers.command.index("-m") + 1]) == (5055, server)
    assert {"127.0.0.1", "5055", "atlas.asgi:trackers"} <= set(trackers.command)
    with pytest.raises(LocalError, match="OSMAND_PORT"):
        plan(data=tmp_path, port=8000, ports=PLAIN, given={"OSMAND_PORT": "tracker"})


def test_settings_find_the_embedded_services_at_their_usual_ports() -> None:
    """So `manage.py` in another terminal works without a word about ports."""
    settings = (ROOT / "atlas" / "settings.py").read_text()
    assert {int(port) for port in re.findall(r"://127\.0\.0\.1:(\d+)", settings)} >= set(PORTS.values())


def test_every_setting_is_documented_in_the_example_and_no_other() -> None:
    """`.env.example` names each variable that the settings or the local services read."""
    settings = (ROOT / "atlas" / "settings.py").read_text()
    read = set(re.findall(r"(?:env\.\w+|secret|host)\(\s*[\"']([A-Z_]+)[\"']", settings))
    for file in (ROOT / "atlas" / "local").glob("*.py"):
        read |= set(re.findall(r'(?:environ|given)\.get\("([A-Z_]+)"', file.read_text()))
    documented = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert documented == read


def test_ports_are_the_usual_ones_then_the_same_again(tmp_path: Path) -> None:
    usual = {"one": ports.free_port(), "two": ports.free_port()}
    file = tmp_path / "ports.json"
    with Reservation() as first:
        assert first.remembered(file, usual) == usual
    changed = {"one": usual["one"], "two": ports.free_port()}
    file.write_text(json.dumps(changed))
    with Reservation() as second:
        assert second.remembered(file, usual) == changed


def test_a_port_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, Reservation() as reservation:
        taken, web = other.getsockname()[1], ports.free_port()
        assert reservation.take(web)
        assert not reservation.take(web)
        assert not reservation.take(taken)
        chosen = reservation.remembered(tmp_path / "ports.json", {"one": taken, "two": web, "three": web})
        assert len(set(chosen.values())) == 3
        assert not {taken, web} & set(chosen.values())


def test_two_runs_that_start_at_the_same_moment_get_ports_of_their_own(tmp_path: Path) -> None:
    """Nobody listens yet when the second one looks."""
    usual = {"one": ports.free_port()}
    with Reservation() as first, Reservation() as second:
        assert first.remembered(tmp_path / "first.json", usual) == usual
        assert second.remembered(tmp_path / "second.json", usual) != usual
    with Reservation() as third:
        assert third.take(usual["one"]), "given back at the end"


def test_a_strangers_server_on_the_port_is_not_taken_for_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ours:
        port = ours.getsockname()[1]
        program = Program(name="any", command=(), port=port, ready=lambda: True)
        assert program.is_ready(os.getpid())
        assert not program.is_ready(os.getppid())


def test_nobody_holds_a_free_port() -> None:
    assert ports.holder(ports.free_port()) is None
