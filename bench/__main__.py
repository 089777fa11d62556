"""`make bench`: every measurement of this folder, or those named (`make bench ARGS="api"`; `--list` names them).

Each runs in a process of its own beside what it is measured against, in one go: ratios are fair, absolute figures are
this machine's. What was found is in docs/benchmarks.md.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

BENCHES = ("api", "live", "admin", "breadcrumbs", "trips")


def summary(name: str) -> str:
    """The first line of a bench's docstring."""
    spec = find_spec(f"bench.{name}")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).read_text().splitlines()[0].strip('"')


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - {*BENCHES, "--list"}
    if unknown:
        print(f"bench: there is no {', '.join(sorted(unknown))}; there is {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    for name in (each for each in BENCHES if not arguments or each in arguments or "--list" in arguments):
        print(f"{name}: {summary(name)}", flush=True)
        if "--list" not in arguments:
            code = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode  # noqa: S603
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
