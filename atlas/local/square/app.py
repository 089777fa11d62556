"""The ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from . import cards, customers, disputes, invoices, orders, payments, refunds
from .calls import Answer
from .config import Config
from .control import control_routes
from .errors import SquareError, for_status
from .faults import FaultMiddleware
from .http import square_handler
from .page import page_routes
from .receipt import render_receipt
from .runtime import Runtime

_ENDPOINTS = (
    *payments.ENDPOINTS,
    *refunds.ENDPOINTS,
    *disputes.ENDPOINTS,
    *customers.ENDPOINTS,
    *cards.ENDPOINTS,
    *orders.ENDPOINTS,
    *invoices.ENDPOINTS,
)


def build_app(config: Config) -> Starlette:
    """Opens the database at once, so that a wrong path fails at the start."""
    runtime = Runtime(config)

    async def receipt(request: Request) -> Response:
        answer = await runtime.perform(lambda call: Answer({"page": render_receipt(call)}), path=request.path_params)
        if "page" in answer.body:
            return HTMLResponse(answer.body["page"])
        return JSONResponse(answer.body, answer.status)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in (runtime.sweep, runtime.deliverer.run)]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        runtime.store.close()

    return Starlette(
        routes=[
            *(
                Route(path, square_handler(runtime, operation), methods=[method])
                for method, path, operation in _ENDPOINTS
            ),
            *control_routes(runtime),
            *page_routes(runtime),
            Route("/receipt/preview/{payment_id}", receipt),
        ],
        middleware=[Middleware(FaultMiddleware, plan=runtime.faults, log=runtime.log)],
        exception_handlers={SquareError: _refused, HTTPException: _http_error, Exception: _crashed},
        lifespan=lifespan,
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, SquareError)
    return JSONResponse(error.body(), error.status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    details = {404: "Resource not found.", 405: "This method is not allowed here."}
    square_error = for_status(error.status_code, details.get(error.status_code, error.detail))
    return JSONResponse(square_error.body(), square_error.status, headers=error.headers)


async def _crashed(request: Request, error: Exception) -> Response:
    square_error = for_status(500, "An internal error has occurred.")
    return JSONResponse(square_error.body(), square_error.status)
