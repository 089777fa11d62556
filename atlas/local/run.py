"""`make run`: all of Atlas on one machine, in one terminal, from one command.

    python -m atlas.local.run [--with-parent]

Data, ports and locks are under `ATLAS_DATA` (default `var`); the web listens on `PORT` (default 8000).
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import environ

from atlas.local import lock, ports
from atlas.local.errors import LocalError
from atlas.local.plan import PORTS, Plan, plan
from atlas.local.program import end_with_parent
from atlas.local.reservation import Reservation
from atlas.local.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
_HIGHEST_PORT = 65535
Planner = Callable[[Path, int, Mapping[str, int]], Plan]


def atlas_plan(data: Path, port: int, services: Mapping[str, int]) -> Plan:
    """Everything: `atlas.local.plan` under the environment as it is."""
    return plan(data=data, port=port, ports=services, given=os.environ)


def main(planner: Planner = atlas_plan) -> int:
    """Run until stopped. 0 after a stop that was asked for; 1, and one clear line, when it could not go on."""
    arguments = argparse.ArgumentParser(prog="atlas.local.run", description="Run Atlas on this machine.")
    arguments.add_argument("--with-parent", action="store_true", help="stop when whoever started this is gone")
    if arguments.parse_args().with_parent:
        end_with_parent()
    os.chdir(ROOT)
    environ.Env.read_env(ROOT / ".env")
    try:
        _run(planner)
    except LocalError as problem:
        print(f"atlas: {problem}", file=sys.stderr)  # noqa: T201 - the one clear line
        return 1
    except OSError as problem:
        print(f"atlas: {problem.filename or 'system'}: {problem.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _run(planner: Planner) -> None:
    if os.environ.get("ATLAS_ENV", "local") != "local":
        raise LocalError("ATLAS_ENV is not local: this starts embedded services and demo data, for one machine only.")
    data = Path(os.environ.get("ATLAS_DATA") or "var").resolve()
    port = _web_port()
    url = f"http://{ports.LOOPBACK}:{port}/"
    note = f"Atlas already runs on {data}: {url} (pid {os.getpid()}). Stop it first, or choose another ATLAS_DATA."
    with lock.held(data / "run" / "lock", note=note), Reservation() as reservation:
        if not reservation.take(port):
            by = ports.holder(port) or "another program"
            raise LocalError(f"Port {port} is in use by {by}. Stop it, or choose another: make run PORT={port + 1}")
        wanted = planner(data, port, reservation.remembered(data / "run" / "ports.json", PORTS))
        os.environ.update(wanted.env)
        _note_down(data / "run" / "services.env", wanted.env)
        supervisor = Supervisor(sys.stdout)
        asyncio.run(supervisor.run(wanted.waves, announce=lambda: _announce(supervisor, wanted, url)))


def _announce(supervisor: Supervisor, wanted: Plan, url: str) -> None:
    """Where to go; the last line is the one that people wait for."""
    if square := wanted.env.get("SQUARE_BASE_URL"):
        supervisor.say(f"Square sandbox: {square}/ (payments, clock, webhooks, failures)")
    supervisor.say(f"Atlas is ready: {url} (Ctrl-C stops it)")


def _note_down(file: Path, env: Mapping[str, str]) -> None:
    """Leave the settings of this run where other programs of the same person find them."""
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in env.items()))


def _web_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) <= _HIGHEST_PORT:
        raise LocalError(f"PORT is {given!r}, which is not a port number.")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
