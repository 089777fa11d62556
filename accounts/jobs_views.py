"""The pages of long jobs: one that shows progress and then the file, calling it off, the download."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts import own_jobs
from accounts.users import current_user
from atlas import jobs
from atlas.jobs.views import gone
from atlas.web import action, page


@page
@require_GET
def job(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """A whole page for who comes by its address; the card alone for htmx, which asks every few seconds."""
    found = own_jobs.find_job(user=current_user(request), job_id=str(job_id))
    template = "components/job.html" if request.headers.get("HX-Request") else "accounts/job.html"
    return render(request, template, {"job": found, "has_file": jobs.has_file(found)})


def to_job(job_id: UUID) -> str:
    return reverse("accounts:job", args=[job_id])


@action(back=to_job)
def cancel_job(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    own_jobs.cancel_job(user=current_user(request), job_id=str(job_id))
    return redirect(to_job(job_id))


@page
@require_GET
def job_file(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """On to a link that is made this moment, so that a page may stay open for as long as it likes."""
    user = current_user(request)
    link = jobs.download_url(own_jobs.find_job(user=user, job_id=str(job_id)), by=user.id)
    return redirect(link) if link else gone(request)
