"""The API of long jobs: how far one is, its file, and calling it off."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField

from accounts import own_jobs
from accounts.users import current_user
from atlas import jobs
from atlas.api.fields import Choice, Id, Instant, Integer
from atlas.api.schema import error_response
from atlas.api.serializers import Serializer
from atlas.api.views import View
from atlas.jobs import Job, JobStatus

TAGS = ["Accounts"]


class JobSerializer(Serializer):
    """Long work in the background, of who asked for it."""

    id = Id(read_only=True)
    name = CharField(read_only=True, help_text="What it does, such as `privacy.export`.")
    status = Choice(JobStatus, read_only=True)
    done = Integer(read_only=True, help_text="Steps done so far.")
    total = Integer(read_only=True, allow_null=True, help_text="Steps in all; null: nobody knows.")
    note = CharField(read_only=True, help_text="For people: what is being done, or why it came to nothing.")
    download_url = CharField(
        read_only=True, allow_null=True, help_text="Its file, for 15 minutes; ask again for a new address."
    )
    expires_at = Instant(read_only=True, allow_null=True, help_text="Until when the file is kept.")
    created_at = Instant(read_only=True)
    finished_at = Instant(read_only=True, allow_null=True)


class JobsView(View):
    """Answers with a job as the asking user may see it."""

    def show(self, job: Job) -> Response:
        link = jobs.download_url(job, by=current_user(self.request).id)
        answer: dict[str, Any] = {
            **{name: getattr(job, name) for name in ("id", "name", "status", "done", "total", "note")},
            "download_url": self.request.build_absolute_uri(link) if link else None,
            "expires_at": job.file_until if link else None,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        }
        return self.answer(answer, JobSerializer)


class JobView(JobsView):
    @extend_schema(operation_id="get_job", tags=TAGS, summary="How far a long job is", responses=JobSerializer)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Ask every few seconds until `status` is DONE, FAILED or CANCELLED."""
        return self.show(own_jobs.find_job(user=current_user(request), job_id=str(job_id)))


class CancelJobView(JobsView):
    @extend_schema(
        operation_id="cancel_job",
        tags=TAGS,
        summary="Call a long job off",
        request=None,
        responses={200: JobSerializer, 409: error_response("`wrong_state`: it is over already.")},
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """It stops within moments and leaves no file. Twice is once."""
        return self.show(own_jobs.cancel_job(user=current_user(request), job_id=str(job_id)))
