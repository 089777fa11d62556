"""The base of every job: what it changes is told as this job's doing (`atlas.trail`)."""

from typing import Any

from celery import Task

from atlas import trail


class TrailedTask(Task):  # type: ignore[type-arg]  # takes none when it runs
    """Also where jobs run at once, within a request (tests): a job is nobody's own doing."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with trail.within(trail.Work(via=f"job {self.name}", request_id=str(self.request.id or ""))):
            return self.run(*args, **kwargs)
