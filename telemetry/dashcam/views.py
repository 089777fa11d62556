"""The one page of clips that knows no user: it opens a token."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from atlas.jobs.downloads import Gone
from atlas.jobs.views import gone
from telemetry.dashcam.looking import open_token


@never_cache
@require_GET
def clip_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """On to the file; an old token is a page that says so (410). Raises `NotFound`, a 404, for no token of ours."""
    try:
        return redirect(open_token(token))
    except Gone as error:
        return gone(request, error)
