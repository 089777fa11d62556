"""`manage.py jobs`: what long work there is, how far it is, and calling it off."""

import json
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.attributes import instant_text, utc_now
from atlas.errors import AtlasError
from atlas.jobs import registry, services
from atlas.jobs.downloads import download_url
from atlas.jobs.registry import UnknownJob
from atlas.jobs.tables import Job, JobStatus

BAR = 30
PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Long work in the background: list it, show one, start one, call one off, watch one."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="newest first")
        listing.add_argument("--owner", metavar="USER_ID", help="of this user only")
        listing.add_argument("--days", type=int, default=7, help="of so many days back (default 7)")
        listing.add_argument("--limit", type=int, default=50)
        for name, what in (
            ("show", "all that is known of one"),
            ("cancel", "call one off"),
            ("watch", "until its end"),
        ):
            actions.add_parser(name, help=what).add_argument("id")
        starting = actions.add_parser("start", help=f"one of: {', '.join(registry.names()) or '(none yet)'}")
        starting.add_argument("name")
        starting.add_argument("--params", default="{}", metavar="JSON", help='such as \'{"userId": "..."}\'')
        starting.add_argument("--owner", metavar="USER_ID", help="who may see it and have its file")
        starting.add_argument("--key", help="the same key again gives the same job")
        starting.add_argument("--dry-run", action="store_true", help="go through it and change nothing")
        starting.add_argument("--watch", action="store_true", help="stay until its end")

    def handle(self, *, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(**options)
        except (AtlasError, UnknownJob) as error:
            raise CommandError(getattr(error, "message", "") or str(error)) from error

    def _list(self, *, owner: str | None, days: int, limit: int, **_: Any) -> None:
        today = utc_now().date()
        if owner:
            jobs = services.of_owner(owner, limit=limit).items
        else:
            jobs = services.recent(today - timedelta(days=max(days, 1) - 1), today, limit=limit).items
        for job in jobs:
            asked = job.created_at.strftime("%Y-%m-%d %H:%M")
            self.stdout.write(
                f"{job.id}  {asked}  {job.status:<9}  {job.name:<24}  {_progress(job)}  {job.note}".rstrip()
            )

    def _show(self, *, id: str, **_: Any) -> None:
        job = services.fetch(id)
        for name, attribute in Job.get_attributes().items():
            value = getattr(job, name)
            if value is not None:
                text = instant_text(value) if hasattr(value, "tzinfo") else value
                self.stdout.write(f"{attribute.attr_name:<14} {text if isinstance(text, str) else json.dumps(text)}")
        if link := download_url(job):
            self.stdout.write(f"{'download':<14} {link}")

    def _start(self, *, name: str, params: str, owner: str | None, key: str | None, **options: Any) -> None:
        try:
            given = json.loads(params)
        except ValueError as error:
            raise CommandError(f"--params is not JSON: {error}") from error
        if not isinstance(given, dict):
            raise CommandError("--params is not a JSON object.")
        job = services.start(name, params=given, owner_id=owner, key=key, dry_run=options["dry_run"])
        self.stdout.write(job.id)
        if options["watch"]:
            self._watch(id=job.id)

    def _cancel(self, *, id: str, **_: Any) -> None:
        self.stdout.write(f"{services.cancel(id).id} is cancelled.")

    def _watch(self, *, id: str, **_: Any) -> None:
        """On a terminal one line that is drawn again; elsewhere a line for each change."""
        shown, end = "", "\r" if self.stdout.isatty() else "\n"
        while True:
            job = services.fetch(id)
            line = f"{job.status:<9} {_bar(job)} {_progress(job)} {job.note}".rstrip()
            if line != shown:
                self.stdout.write(f"{line:<{len(shown)}}" if end == "\r" else line, ending=end)
                self.stdout.flush()
            shown = line
            if job.status.is_over:
                break
            time.sleep(PAUSE_SECONDS)
        if end == "\r":
            self.stdout.write("")
        if job.status is not JobStatus.DONE:
            raise CommandError(f"It is {job.status.lower()}. {job.error or ''}".rstrip())


def _progress(job: Job) -> str:
    return f"{job.done:,}" if job.total is None else f"{job.done:,} of {job.total:,}"


def _bar(job: Job) -> str:
    part = min(1.0, job.done / job.total) if job.total else float(job.status is JobStatus.DONE)
    return f"[{'#' * round(part * BAR):<{BAR}}]"
