"""The manners of pages: who may look, what a refusal looks like, a form that was sent twice.

    @page
    def booking(request: HttpRequest, booking_id: UUID) -> HttpResponseBase: ...

    @action(back=to_booking)
    def assign(request: HttpRequest, booking_id: UUID) -> HttpResponseBase: ...

Services raise `AtlasError`; here it becomes a page (404, 403, 409, 503 with `Retry-After`) or, for a form that was
sent, a message on the page it came from, which shows the state as it is now.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from atlas.api import exceptions
from atlas.errors import AtlasError, Forbidden, NotFound, Unauthenticated, Unavailable

View = Callable[..., HttpResponseBase]

SENT_KEPT = 24 * 3600
"""Seconds for which a form that was sent is known."""
LEASE = 60
"""Seconds that one may be at work: should its process die, the person may send it again after that."""


def page(view: View) -> View:
    """A view of a signed-in user; what is refused is a friendly page. Bugs go on to be noted as bugs."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            if not request.user.is_authenticated:
                raise Unauthenticated
            return view(request, *args, **kwargs)
        except Exception as exception:
            error = exceptions.translate(exception)
            if isinstance(error, exceptions.InternalError):
                raise
            return refuse(request, error, exception)

    return shown


def action(back: Callable[..., str]) -> Callable[[View], View]:
    """A view that only does something (POST). What a service refuses, a lost race above all, is a message on the page
    that `back` gives the address of, from the view's own arguments.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def done(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (Forbidden, NotFound, Unauthenticated, Unavailable):
                raise
            except AtlasError as error:
                messages.error(request, sentence(error))
                return redirect(back(*args, **kwargs))

        return page(require_POST(done))

    return decorate


def refuse(request: HttpRequest, error: AtlasError, exception: Exception | None = None) -> HttpResponseBase:
    """The page that says no."""
    match error:
        case Unavailable():
            exceptions.note(error, exception or error, request)
            return exceptions.away(request, error)
        case Unauthenticated():
            return _sign_in(request)
        case NotFound():
            return defaults.page_not_found(request, exception or error)
        case Forbidden():
            return defaults.permission_denied(request, exception or error)
    return render(request, "refused.html", {"sentence": sentence(error)}, status=error.status)


def sentence(error: AtlasError) -> str:
    """What went wrong, for people; the faults of single inputs follow."""
    if error.code == "wrong_state" and "status" in error.details:
        status = str(error.details["status"]).replace("_", " ").capitalize()
        return _("This is not possible any more. It is now: %(status)s.") % {"status": _(status)}
    faults = [_(message) for fault in error.fields.values() for message in fault]
    return " ".join([_(error.message), *faults])


class Submission:
    """One filled-in form, told apart by the random `once` it carries and by what is filled in: a second click does
    nothing twice, and who goes back and changes the date means another ride.
    """

    def __init__(self, request: HttpRequest) -> None:
        filled = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
        content = sha256(repr(filled).encode(errors="surrogatepass")).hexdigest()
        self._key = f"once:{request.user.pk}:{request.path}:{content}"
        self._named = bool(request.POST.get("once"))

    def begin(self) -> bool:
        """False when this very form is at work, or was."""
        return not self._named or bool(cache.add(self._key, "", LEASE))

    def end(self, address: str) -> None:
        """It led to the page at `address`."""
        cache.set(self._key, address, SENT_KEPT)

    def forget(self) -> None:
        """It came to nothing, and may be sent again."""
        cache.delete(self._key)

    @property
    def outcome(self) -> str:
        """Where the first sending led to; empty while it is at work."""
        return str(cache.get(self._key) or "")


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back; a form that was sent is not sent again by that."""
    current = urlsplit(request.headers.get("HX-Current-URL", "")).path if request.headers.get("HX-Request") else ""
    back = current or (request.get_full_path() if request.method == "GET" else resolve_url("home"))
    answer = redirect_to_login(back)
    return HttpResponseClientRedirect(answer.url) if request.headers.get("HX-Request") else answer
