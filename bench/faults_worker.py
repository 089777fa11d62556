"""One process of `bench.faults`: an engine, a sandbox and a Redis of its own, and its share of the runs.

    python -m bench.faults_worker play RUNS SEED REPORT [PLOT ...]
    python -m bench.faults_worker mutants RUNS SEED REPORT [NAME ...]

Writes what it counted to REPORT as JSON. Exit code 1 when a run fails, with its steps on standard error.
"""

# ruff: noqa: E402 (Django is set up before the apps are imported)
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["LOG_LEVEL"] = "CRITICAL"

import django

django.setup()

from django.conf import settings
from django.test.utils import setup_test_environment

from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.registry import tables
from atlas.local.square.testing import SandboxServer
from tests.payments.faults import mutants, points
from tests.payments.faults.choices import Plot
from tests.payments.faults.playing import arena, play
from tests.payments.faults.world import Tally
from tests.settings import services

PART = 25
"""Runs between two reports."""


@contextmanager
def stage() -> Iterator[Tally]:
    """Every table, empty, and a Square that does nothing by itself."""
    setup_test_environment()
    engine = Store.of_settings()
    failures = apply_plan(engine, make_plan(engine, tables()))
    if failures:
        raise RuntimeError(str(failures))
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "square.sqlite3"
        with SandboxServer(database, arguments=["--refund-settle-seconds", "3600"]) as server:
            settings.SQUARE_BASE_URL = server.base_url
            settings.SQUARE_ACCESS_TOKEN = server.access_token
            with arena(server.control) as tally:
                yield tally


def counted(tally: Tally, seconds: float) -> dict[str, Any]:
    return {
        "numbers": {"runs": tally.runs, "steps": tally.steps, "seconds": round(seconds)},
        "plots": tally.plots,
        "deeds": tally.deeds,
        "calls": tally.calls,
        "befallen": tally.befallen,
        "webhooks": tally.webhooks,
        "reached": tally.reached,
        "refusals": tally.refusals,
        "passed": points.passed,
        "ended": points.ended,
    }


def play_share(tally: Tally, runs: int, seed: int, report: Path, plots: Sequence[Plot]) -> bool:
    """In parts of `PART` runs, each with a seed of its own; what was counted is written after each."""
    began = time.monotonic()
    well = True
    while well and tally.runs < runs:
        try:
            play(runs=min(PART, runs - tally.runs), start=seed + tally.runs, plots=plots)
        except Exception:
            print(f"A run fails (seed {seed + tally.runs}):", file=sys.stderr)
            traceback.print_exc()
            well = False
        report.write_text(json.dumps(counted(tally, time.monotonic() - began)))
    return well


def find_mutants(tally: Tally, runs: int, seed: int, report: Path, names: list[str]) -> bool:
    """Name -> after how many runs it was found, and by what; None for one that was not."""
    found: dict[str, Any] = {}
    for name in names or mutants.MUTANTS:
        before = tally.runs
        said = mutants.find(name, runs=runs, start=seed)
        found[name] = None if said is None else {"runs": max(1, tally.runs - before - 1), "said": said}
        print(f"  {name}: {found[name] or 'NOT FOUND'}", file=sys.stderr, flush=True)
        report.write_text(json.dumps({"mutants": found}))
    return all(found.values())


def main(arguments: list[str]) -> int:
    mode, runs, seed, report, *names = arguments
    with services, stage() as tally:
        if mode == "play":
            plots = [Plot(name) for name in names] or list(Plot)
            well = play_share(tally, int(runs), int(seed), Path(report), plots)
        else:
            well = find_mutants(tally, int(runs), int(seed), Path(report), names)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
