"""Long work in the background: exports, archives, anything that takes longer than a request may.

    @jobs.job("privacy.export")                         # in <app>/jobs.py, or imported there
    def export(run: jobs.Run) -> None:
        with run.file("data.json", "application/json") as out:
            for page in pages(after=run.state.get("after")):
                out.write(page.text)
                run.checkpoint({"after": page.last})
                run.progress(page.number, total)

    job = jobs.start("privacy.export", params={...}, owner_id=user.id, key="export")

A worker that dies delays a job and never loses it: another one goes on from the last checkpoint, with the file as it
was then (docs/adr/0016-jobs.md). `jobs.find(id)` says how it stands, `jobs.download_url(job)` gives the file.
"""

from atlas.jobs.downloads import download_url, has_file
from atlas.jobs.output import Output
from atlas.jobs.registry import job
from atlas.jobs.run import Cancelled, LeaseLost, Run, Stopped
from atlas.jobs.services import cancel, find, of_owner, recent, start
from atlas.jobs.tables import Job, JobStatus

__all__ = [
    "Cancelled",
    "Job",
    "JobStatus",
    "LeaseLost",
    "Output",
    "Run",
    "Stopped",
    "cancel",
    "download_url",
    "find",
    "has_file",
    "job",
    "of_owner",
    "recent",
    "start",
]
