"""Long work about bookings."""

from collections import Counter
from datetime import date

from atlas import jobs
from atlas.dynamo.attributes import utc_now
from bookings.archive.asking import ARCHIVE
from bookings.archive.walking import Walk, default_period, in_words, see_to_files


@jobs.job(ARCHIVE)
def archive(run: jobs.Run) -> None:
    """What is two years old into files, what is seven years old away. `from`, `to`: days of pick-ups."""
    first, last = default_period(utc_now().date())
    params = run.params
    if "from" in params:
        first = date.fromisoformat(params["from"])
    if "to" in params:
        last = min(last, date.fromisoformat(params["to"]))
    counts = Counter(run.state.get("counts", {}))
    first = max(first, date.fromisoformat(run.state["day"])) if "day" in run.state else first
    days = (last - first).days + 1

    def tell() -> None:
        run.progress(counts["archived"] + counts["deleted"], None, in_words(counts, dry_run=run.dry_run))

    def saw(day: str, _: Counter[str]) -> None:
        tell()
        run.checkpoint({"day": day, "counts": counts})

    if not run.dry_run:
        see_to_files(counts, tell)
    Walk(first, last, run.dry_run, counts).go(saw=saw, tell=tell)
    done = counts["archived"] + counts["deleted"]
    run.progress(done, done, f"{in_words(counts, dry_run=run.dry_run)} ({max(days, 0):,} days looked at)")
