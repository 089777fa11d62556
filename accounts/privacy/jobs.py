"""Forgetting and exporting as jobs: any worker goes on where another one was cut off."""

from accounts.privacy import erasures
from accounts.privacy.erasing import Pass, steps
from accounts.privacy.exporting import write_export
from accounts.privacy.exports import FILE_NAME
from accounts.privacy.exports import JOB as EXPORT
from atlas import jobs


@jobs.job(erasures.JOB)
def erase(run: jobs.Run) -> None:
    """One pass of an erasure."""
    passed = Pass.from_state(run.state)

    def checkpoint(progress: Pass) -> None:
        passed.done = progress.done
        run.checkpoint(progress.state)
        run.progress(len(progress.done), steps())

    def tell(rows: int, where: str) -> None:
        run.progress(len(passed.done), steps(), f"{where}: {rows}")

    erasures.run(run.params["userId"], state=run.state, checkpoint=checkpoint, tell=tell)


@jobs.job(EXPORT)
def export(run: jobs.Run) -> None:
    """Everything held about a person, as one file of JSON."""
    with run.file(FILE_NAME, "application/json") as out:
        write_export(run, out)
