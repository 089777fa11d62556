"""A small Atlas for the tests of `make run`: the real engine and Redis, and stand-ins for what is built on them.

    python -m tests.local.standin [--with-parent]

`STANDIN_FAULT` makes one program misbehave: `setup` ends with exit code 3, `web` never gets up, `worker` always ends.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from atlas.local import engine, redis
from atlas.local.health import http_ok
from atlas.local.plan import Plan
from atlas.local.program import Program
from atlas.local.run import main

FAULT = os.environ.get("STANDIN_FAULT", "")
_WORKER = """
import os, subprocess, sys, time
print("worker has", os.environ["REDIS_URL"], flush=True)
print("x" * 200_000, flush=True)
time.sleep(0.1 if sys.argv[1] == "worker" else 600)
"""
_SETUP = """
import sys, time, urllib.request, os
urllib.request.urlopen(os.environ["DYNAMODB_ENDPOINT"], timeout=5).read()
print("setup saw the engine", flush=True)
sys.exit(3 if sys.argv[1] == "setup" else 0)
"""


def standin(data: Path, port: int, ports: Mapping[str, int]) -> Plan:
    """Engine and Redis; then a setup that ends; then web and worker."""
    env = {
        "DYNAMODB_ENDPOINT": f"http://127.0.0.1:{ports['dynamodb']}",
        "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
    }
    services = (
        engine.program(port=ports["dynamodb"], database=data / "dynamodb.sqlite"),
        redis.program(port=ports["redis"], folder=data / "redis"),
    )
    web = (
        ("-c", "raise SystemExit('no web today')")
        if FAULT == "web"
        else ("-m", "http.server", str(port), "--bind", "127.0.0.1")
    )
    return Plan(
        waves=(
            services,
            (_python("setup", "-c", _SETUP, FAULT, once=True),),
            (
                Program(
                    name="web",
                    command=(sys.executable, "-u", *web),
                    port=port,
                    ready=http_ok(f"http://127.0.0.1:{port}/"),
                ),
                _python("worker", "-c", _WORKER, FAULT),
            ),
        ),
        env=env,
    )


def _python(name: str, *arguments: str, once: bool = False) -> Program:
    return Program(name=name, command=(sys.executable, *arguments), once=once)


if __name__ == "__main__":
    sys.exit(main(standin))
