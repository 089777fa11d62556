"""Long work about fleets."""

from atlas import jobs
from telemetry.reports.asking import JOB
from telemetry.reports.making import make


@jobs.job(JOB)
def report(run: jobs.Run) -> None:
    """A fleet's trips of some days, as CSV or PDF."""
    make(run)
