"""The browser's side: pages by GET, deeds by POST and then back to the page.

A page from elsewhere in the same browser must not steer the sandbox: forms count only when the browser says that they
come from here (``Origin``), which it says of every POST.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from atlas.local.square.errors import SquareError, for_status
from atlas.local.square.http import refuse_strangers
from atlas.local.square.runtime import Runtime

from .deeds import DEEDS, break_calls
from .reading import read_overview, read_payment
from .writing import overview_page, payment_page, refusal_page

_STYLE = (Path(__file__).parent / "style.css").read_bytes()
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_LARGEST_FORM = 16 * 1024
_MOST_FIELDS = 20
Handler = Callable[[Request], Awaitable[Response]]


def page_routes(runtime: Runtime) -> list[Route]:
    """``/``, what it links and posts to under ``/page/``, and where the links of invoices lead."""

    async def overview(request: Request) -> Response:
        answer = await runtime.perform(read_overview, query=request.query_params)
        return _html(overview_page(answer.body, runtime.faults.waiting(), list(runtime.log), request.query_params))

    async def payment(request: Request) -> Response:
        answer = await runtime.perform(read_payment, path=request.path_params)
        _raise_refusal(answer.status, answer.body)
        return _html(payment_page(answer.body))

    async def pay(request: Request) -> Response:
        return RedirectResponse("/#invoices", headers=_HEADERS)

    async def style(request: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers=_HEADERS)

    async def deed(request: Request) -> Response:
        name, form = request.path_params["deed"], await _read_form(request)
        if name == "fault":
            break_calls(form, runtime.faults)
        elif name == "mend-calls":
            runtime.faults.clear()
        elif name == "reset":
            await runtime.reset()
        elif name in DEEDS:
            wanted = DEEDS[name](form)
            answer = await runtime.perform(wanted.operation, body=wanted.body, path=wanted.path)
            _raise_refusal(answer.status, answer.body)
        else:
            raise for_status(404, "Resource not found.")
        return RedirectResponse(f"/?done={name}", status_code=303, headers=_HEADERS)

    return [
        Route("/", _guarded(overview), methods=["GET"]),
        Route("/pay-invoice/{invoice_id}", _guarded(pay), methods=["GET"]),
        Route("/page/style.css", _guarded(style), methods=["GET"]),
        Route("/page/payments/{payment_id}", _guarded(payment), methods=["GET"]),
        Route("/page/{deed}", _guarded(deed), methods=["POST"]),
    ]


def _guarded(handle: Handler) -> Handler:
    """Refusals are pages here, not JSON."""

    async def guarded(request: Request) -> Response:
        try:
            refuse_strangers(request)
            if request.method == "POST" and urlsplit(request.headers.get("origin", "")).netloc != request.url.netloc:
                raise for_status(403, "This form does not come from this page.")
            return await handle(request)
        except SquareError as error:
            return _html(refusal_page(error.code, error.detail, error.field), error.status)

    return guarded


async def _read_form(request: Request) -> dict[str, str]:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _LARGEST_FORM:
            raise for_status(413, "The form is too large.")
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"))
    except ValueError as error:
        raise for_status(400, "This is no form.") from error


def _raise_refusal(status: int, body: dict[str, object]) -> None:
    errors = body.get("errors")
    if isinstance(errors, list) and errors:
        first = errors[0]
        raise SquareError(first["code"], first["detail"], status=status, field=first.get("field"))


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers=_HEADERS)
