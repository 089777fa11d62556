"""Long work about money."""

from collections import Counter
from datetime import date

from atlas import jobs
from atlas.dynamo.attributes import utc_now
from payments.reconciling.asking import JOB
from payments.reconciling.period import Period
from payments.reconciling.report import summary, write_lines
from payments.reconciling.walking import Walk
from payments.statements import job as statements
from payments.statements.asking import JOB as STATEMENT


@jobs.job(JOB)
def reconcile(run: jobs.Run) -> None:
    """Square's payments and refunds of a period beside ours; the file lists what differs, and how it stands."""
    given = run.params
    period = Period(date.fromisoformat(given["from"]), date.fromisoformat(given["to"]), utc_now().date())

    def checkpoint(state: object) -> None:
        run.checkpoint(state)  # type: ignore[arg-type]
        run.progress(run.state["pages"], None, "")

    mending = bool(given.get("mend")) and not run.dry_run
    walk = Walk(period, run_id=run.id, mending=mending, state=run.state, checkpoint=checkpoint)
    walk.go()
    counts: Counter[str] = Counter()
    with run.file(f"reconciliation-{period.first}-{period.last}.csv", "text/csv; charset=utf-8") as out:
        for line in write_lines(run.id, walk.totals, counts):
            out.write(line)
    run.progress(run.state["pages"], run.state["pages"], summary(walk.totals, counts))


@jobs.job(STATEMENT)
def statement(run: jobs.Run) -> None:
    """What an operator was owed and paid in a period, as CSV or PDF."""
    statements.write(run)
