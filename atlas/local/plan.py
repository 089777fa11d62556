"""What `make run` runs, in which order, and the environment that ties it together."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from atlas.local import engine, objects, redis
from atlas.local.errors import LocalError
from atlas.local.health import http_ok
from atlas.local.ports import LOOPBACK
from atlas.local.program import Program
from atlas.local.supervisor import Waves

PORTS = {"dynamodb": 8100, "square": 8101, "redis": 8102, "objects": 8103}
"""Where the embedded services listen unless somebody else does. `atlas.settings` defaults to the same."""

_PYTHON = (sys.executable, "-u")
_MANAGE = (*_PYTHON, "manage.py")
_UVICORN = "uvicorn"


@dataclass(frozen=True)
class Plan:
    """Programs and the environment that all of them get."""

    waves: Waves
    env: Mapping[str, str]


def plan(*, data: Path, port: int, ports: Mapping[str, int], given: Mapping[str, str]) -> Plan:
    """The whole of Atlas on one machine.

    `data` is the folder that keeps everything, `port` the web's, `ports` those of the services by the names in
    `PORTS`, `given` the environment as it is: a service whose address it already names is not started.
    Raises `LocalError` when a service cannot be had on this machine.
    """
    services: list[Program] = []
    env = {"ATLAS_ENV": "local", "ATLAS_DATA": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    if not given.get("DYNAMODB_ENDPOINT"):
        services.append(engine.program(port=ports["dynamodb"], database=data / "dynamodb.sqlite"))
        env["DYNAMODB_ENDPOINT"] = f"http://{LOOPBACK}:{ports['dynamodb']}"
    if not given.get("REDIS_URL"):
        services.append(redis.program(port=ports["redis"], folder=data / "redis"))
        env["REDIS_URL"] = f"redis://{LOOPBACK}:{ports['redis']}/0"
    if not given.get("OBJECTS_ENDPOINT"):
        services.append(objects.program(port=ports["objects"], folder=data / "objects"))
        env["OBJECTS_ENDPOINT"] = f"http://{LOOPBACK}:{ports['objects']}"
    if not given.get("SQUARE_BASE_URL"):
        env |= _square_settings(ports["square"], port, given)
        services.append(_square(ports["square"], data / "square.sqlite3", env))
    stores = (
        _manage("tables", "tables", "apply", once=True),
        Program(name="bucket", command=(*_PYTHON, "-m", "atlas.objects"), once=True),
    )
    seed = (_manage("seed", "seed_demo", once=True),)
    return Plan(waves=(services, stores, seed, _atlas(data, port, given)), env=env)


def _atlas(data: Path, port: int, given: Mapping[str, str]) -> tuple[Program, ...]:
    """Atlas itself. Web, worker and beat are processes of their own: none can hold up another.

    The worker's pool is threads, so that it is one process and no child of it is ever left behind.
    """
    celery = (*_PYTHON, "-m", "celery", "--quiet", "--app", "atlas")
    worker = ("worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle")
    beat = ("beat", "--schedule", str(data / "run" / "beat-schedule"), "--pidfile=")
    ready = http_ok(f"http://{LOOPBACK}:{port}/healthz")
    server = given.get("ATLAS_SERVER") or "daphne"
    return (
        Program(name="web", command=_web(port, server), port=port, ready=ready),
        *_trackers(given.get("OSMAND_PORT") or "", server),
        Program(name="worker", command=(*celery, *worker, "--loglevel", "WARNING")),
        Program(name="beat", command=(*celery, *beat, "--loglevel", "WARNING")),
        _manage("drive", "drive_demo"),
        _manage("sweep", "sweep_ttl", "--forever"),
    )


def _trackers(port: str, server: str) -> tuple[Program, ...]:
    """Phones as trackers on a port of their own (`OSMAND_PORT`, usually 5055). No access log: it would hold tokens."""
    if not port:
        return ()
    if not port.isdigit():
        raise LocalError(f"OSMAND_PORT is {port!r}: give a port's number, such as 5055.")
    silent = ("--no-access-log",) if server == _UVICORN else ("--verbosity", "0")
    command = (*_web(int(port), server, "atlas.asgi:trackers"), *silent)
    return (Program(name="trackers", command=command, port=int(port)),)


def _web(port: int, server: str, application: str = "atlas.asgi:application") -> tuple[str, ...]:
    """Daphne, or the faster Uvicorn (`ATLAS_SERVER=uvicorn`)."""
    address = ("--port", str(port))
    if server == _UVICORN:
        return (*_PYTHON, "-m", "uvicorn", "--host", LOOPBACK, *address, "--ws", "websockets-sansio", application)
    return (*_PYTHON, "-m", "daphne", "--bind", LOOPBACK, *address, application)


def _square_settings(port: int, web: int, given: Mapping[str, str]) -> dict[str, str]:
    """What the sandbox and its client must agree on."""
    return {
        "SQUARE_BASE_URL": f"http://{LOOPBACK}:{port}",
        "SQUARE_ACCESS_TOKEN": given.get("SQUARE_ACCESS_TOKEN") or "local-sandbox-token",
        "SQUARE_LOCATION_ID": given.get("SQUARE_LOCATION_ID") or "L-ATLAS-LOCAL",
        "SQUARE_WEBHOOK_KEY": given.get("SQUARE_WEBHOOK_KEY") or "local-sandbox-webhook-key",
        "SQUARE_WEBHOOK_URL": given.get("SQUARE_WEBHOOK_URL") or f"http://{LOOPBACK}:{web}/api/v1/webhooks/square",
    }


def _square(port: int, database: Path, settings: Mapping[str, str]) -> Program:
    options = {
        "host": LOOPBACK,
        "port": str(port),
        "db": str(database),
        "access-token": settings["SQUARE_ACCESS_TOKEN"],
        "location-id": settings["SQUARE_LOCATION_ID"],
        "webhook-url": settings["SQUARE_WEBHOOK_URL"],
        "webhook-signature-key": settings["SQUARE_WEBHOOK_KEY"],
        "log-level": "warning",
    }
    flags = (part for name, value in options.items() for part in (f"--{name}", value))
    return Program(
        name="square",
        command=(*_PYTHON, "-m", "atlas.local.square", *flags),
        port=port,
        ready=http_ok(f"http://{LOOPBACK}:{port}/_control/health"),
    )


def _manage(name: str, *arguments: str, once: bool = False) -> Program:
    return Program(name=name, command=(*_MANAGE, *arguments), once=once)
