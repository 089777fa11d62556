"""The one page of jobs that knows no user: it opens a signed link."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from atlas.jobs.downloads import Gone, open_link
from atlas.origin import origin_of


@never_cache
@require_GET
def job_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """On to the file; an old link is a page that says so (410). Raises `NotFound`, a 404, for no link of ours."""
    try:
        return redirect(open_link(token, origin=origin_of(request)))
    except Gone as error:
        return gone(request, error)


def gone(request: HttpRequest, error: Gone | None = None) -> HttpResponse:
    """The page that says that a file, or the link to it, is no more."""
    error = error or Gone()
    return render(request, "jobs/gone.html", {"sentence": _(error.message)}, status=error.status)
