"""What the back office says when it cannot show or do what was asked: a page of its own, with the way back.

A lookup that no index serves (`Refused`) says which one would; what a service refuses is told in its own words.
"""

from collections.abc import Mapping
from typing import Any

from django.db import NotSupportedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from atlas.api import exceptions
from atlas.errors import AtlasError, Forbidden, Invalid, NotFound, Unavailable
from atlas.web import sentence

TEMPLATE = "admin/refused.html"


def translate(exception: BaseException) -> AtlasError:
    """The failure in our own terms; a query that needs SQL or a scan is a fault of the request."""
    if isinstance(exception, NotSupportedError):
        return Invalid(str(exception), code="no_index")
    return exceptions.translate(exception)


def refuse(request: HttpRequest, exception: BaseException, context: Mapping[str, Any]) -> HttpResponse:
    """The page that says no. Raises `exception` again when it is a bug, to be noted as one."""
    error = translate(exception)
    if isinstance(error, exceptions.InternalError):
        raise exception
    if isinstance(error, Unavailable):
        exceptions.note(error, exception, request)
        return exceptions.away(request, error)  # the page of the portal, which asks the store nothing
    page = {**context, "title": heading(error), "sentence": sentence(error), "status": error.status}
    return render(request, TEMPLATE, page, status=error.status)


def heading(error: AtlasError) -> str:
    match error:
        case NotFound():
            return _("There is nothing here")
        case Forbidden():
            return _("This is not yours to do")
    return _("This cannot be done") if error.status != Invalid.status else _("This cannot be shown")
