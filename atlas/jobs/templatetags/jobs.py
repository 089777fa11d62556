"""`{% load jobs %}{% job_card job %}`: how far a long job is, renewed by htmx, then the download."""

from typing import Any

from django import template
from django.template import Context

from atlas.jobs.downloads import has_file
from atlas.jobs.tables import Job

register = template.Library()


@register.inclusion_tag("components/job.html", takes_context=True)
def job_card(context: Context, job: Job) -> dict[str, Any]:
    """For who may see the job: its owner, and staff."""
    return {"job": job, "has_file": has_file(job), "csrf_token": context.get("csrf_token")}
