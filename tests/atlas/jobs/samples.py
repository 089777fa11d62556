"""Jobs that tests have done: one that writes a file line by line, and ones that go wrong."""

import time

from django.core.cache import cache

from atlas import jobs
from atlas.errors import Invalid


@jobs.job("samples.lines")
def lines(run: jobs.Run) -> None:
    """`count` numbered lines, `pause` seconds after each; a checkpoint after every `every` (default 1)."""
    count, pause, every = run.params["count"], run.params.get("pause", 0), run.params.get("every", 1)
    with run.file(f"Lines {count}.csv", "text/csv") as out:
        if not run.state:
            out.write("number,run\n")
        for number in range(run.state.get("next", 0), count):
            out.write(f"{number},{run.attempt}\n")
            time.sleep(pause)
            if number % every == every - 1:
                run.checkpoint({"next": number + 1})
            run.progress(number + 1, count, f"Line {number + 1}")


@jobs.job("samples.fails")
def fails(run: jobs.Run) -> None:
    """Goes wrong in the first `times` runs, then does nothing."""
    if cache.incr(run.params["counter"]) <= run.params["times"]:
        raise RuntimeError("The moon was full.")


@jobs.job("samples.refused")
def refused(run: jobs.Run) -> None:
    """Does what a rule forbids."""
    raise Invalid("There is nothing to export.")


@jobs.job("samples.dry")
def dry(run: jobs.Run) -> None:
    """Says in its note whether it was to change anything."""
    run.progress(1, 1, "dry" if run.dry_run else "wet")


@jobs.job("samples.silent")
def silent(run: jobs.Run) -> None:
    """Says nothing for `seconds`, then that it is done; counts how many did it at once."""
    try:
        if cache.incr(run.params["counter"]) > 1:
            cache.set(run.params["counter"] + ":met", "yes")
        time.sleep(run.params["seconds"])
    finally:
        cache.decr(run.params["counter"])
    run.progress(1, 1)
