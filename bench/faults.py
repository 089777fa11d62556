"""Money under faults: the state machine of the tests, a thousand runs of it, and mistakes of our own that it must find.

    python -m bench.faults [--runs 1000] [--workers 2] [--seed 1] [--skip-mutants]

Each worker has an engine, a sandbox and a Redis of its own. Printed is what happened in all of them together. Exit code
1 when a rule is broken (its steps are on standard error), a mutant lives, or something that must happen hardly did.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

RUNS, WORKERS = 1_000, 2
MUTANT_RUNS = 150
"""Within so many runs each mutant must be found; most are in the first ten."""
APART = 100_000
"""Between the seeds of two workers."""
ENOUGH = {
    "crashes": 700,
    "stalls": 450,
    "lost answers": 550,
    "faults of Square": 450,
    "payment CAPTURED": 400,
    "payment REFUNDED": 50,
    "payment VOIDED": 80,
    "payment FAILED": 50,
    "ride PAID": 350,
    "ride CANCELLED": 70,
    "EXTRA CARD CAPTURED": 20,
    "TIP CARD CAPTURED": 40,
    "price CHARGED": 4,
    "price APPROVED": 15,
    "dispute LOST": 60,
    "dispute WON": 40,
    "RIDE INVOICE CAPTURED": 20,
    "RIDE WIRE CAPTURED": 25,
    "deed replace_card": 70,
    "deed confirm_wire": 100,
    "webhooks duplicates": 350,
    "webhooks shuffled": 1_200,
    "webhooks lost": 120,
}
"""What a thousand runs must have seen at least, about half of what they saw when this was measured; fewer runs in
proportion."""
OFTEN = 300
"""A step of a payment that was come to so often must have been a process's end, too."""
OF_PAYMENTS = (
    "payments.services.",
    "payments.billing.",
    "payments.cards.",
    "payments.webhooks.",
    "bookings.services.charging.",
    "bookings.services.claiming.",
    "bookings.services.concluding.",
    "bookings.services.extra_charges.",
    "bookings.services.holding.",
    "bookings.services.invoicing.",
    "bookings.services.on_account.",
    "bookings.services.stating.",
)


def start(mode: str, folder: Path, number: int, runs: int, seed: int) -> "subprocess.Popen[bytes]":
    report = folder / f"{number}.json"
    arguments = [mode, str(runs), str(seed + number * APART), str(report)]
    return subprocess.Popen([sys.executable, "-m", "bench.faults_worker", *arguments])  # noqa: S603


def play(runs: int, workers: int, seed: int) -> tuple[dict[str, Any], bool]:
    """All reports in one, and whether nothing was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shares = [runs // workers + (number < runs % workers) for number in range(workers)]
        started = [start("play", folder, number, share, seed) for number, share in enumerate(shares)]
        codes = [each.wait() for each in started]
        return joined([json.loads(each.read_text()) for each in sorted(folder.glob("*.json"))]), not any(codes)


def joined(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums of everything but the time, which passed for all at once."""
    if not reports:
        return {}
    names = ("numbers", "plots", "deeds", "calls", "befallen", "webhooks", "reached", "refusals", "passed")
    whole: dict[str, Any] = {name: sum((Counter(each[name]) for each in reports), Counter()) for name in names}
    whole["numbers"]["seconds"] = max(each["numbers"]["seconds"] for each in reports)
    hows = reports[0]["ended"]
    whole["ended"] = {how: sum((Counter(each["ended"][how]) for each in reports), Counter()) for how in hows}
    return whole


def of_payments(whole: dict[str, Any]) -> list[str]:
    """Points at which a payment is between two states."""
    return sorted(point for point in whole["passed"] if point.partition(" in ")[2].startswith(OF_PAYMENTS))


def seen_too_little(whole: dict[str, Any]) -> list[str]:
    """What would make the result worth less than it looks."""
    ended = whole["ended"]
    counts = {
        **whole["reached"],
        **{f"webhooks {name}": number for name, number in whole["webhooks"].items()},
        **{f"deed {name}": number for name, number in whole["deeds"].items()},
        "crashes": sum(ended["crash"].values()),
        "stalls": sum(ended["stall"].values()),
        "lost answers": sum(ended["break"].values()),
        "faults of Square": sum(whole["befallen"].values()),
    }
    share = min(1.0, whole["numbers"]["runs"] / RUNS)
    few = [
        f"{name}: {counts.get(name, 0)}, of at least {int(least * share)}"
        for name, least in ENOUGH.items()
        if counts.get(name, 0) < int(least * share)
    ]
    missed = [each for each in of_payments(whole) if whole["passed"][each] >= OFTEN and not ended["crash"][each]]
    return [*few, *(f"crashes {each}: none" for each in missed)]


def show(whole: dict[str, Any]) -> None:
    numbers = whole["numbers"]
    print(f"{numbers['runs']} runs, {numbers['steps']} steps, {numbers['seconds']} s")
    for title, name in (
        ("Plots", "plots"),
        ("Deeds", "deeds"),
        ("Asked of Square", "calls"),
        ("Faults of Square and the network", "befallen"),
        ("Webhooks", "webhooks"),
        ("How rides and payments ended", "reached"),
        ("Refusals on the way", "refusals"),
    ):
        told = ", ".join(f"{each} {count}" for each, count in whole[name].most_common())
        print(f"{title}: {told}")
    ended = whole["ended"]
    told = ", ".join(f"{how} {sum(points.values())} at {len(points)} points" for how, points in ended.items())
    print(f"Processes that met their fate: {told}")
    print(f"  {'passed':>7} {'crash':>6} {'stall':>6} {'break':>6}  the steps of a payment")
    for point in of_payments(whole):
        fates = "".join(f"{ended[how][point]:>7}" for how in ended)
        print(f"  {whole['passed'][point]:>7}{fates}  {point}")


def main() -> int:
    asked = argparse.ArgumentParser(prog="bench.faults")
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("--workers", type=int, default=WORKERS)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--skip-mutants", action="store_true")
    given = asked.parse_args()
    whole, well = play(given.runs, given.workers, given.seed)
    if whole:
        show(whole)
        for each in seen_too_little(whole):
            print(f"TOO LITTLE: {each}")
            well = False
    print("Every rule held." if well else "FAILED", flush=True)
    if not given.skip_mutants:
        print("Mistakes of our own, and what the machine says of them:", flush=True)
        with tempfile.TemporaryDirectory() as name:
            well = start("mutants", Path(name), 0, MUTANT_RUNS, given.seed).wait() == 0 and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
