"""The control API: see, steer and break the sandbox. Documented in the package's docstring."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import card_control, disputes, webhooks
from .calls import Answer, Call, Operation
from .errors import SquareError
from .faults import KINDS, Fault
from .fields import Fields
from .history import import_payments
from .http import control_handler, control_operation, read_body
from .invoice_paying import pay_invoice
from .maturity import mature
from .refunds import SETTLED, load_refund, settle
from .runtime import Runtime
from .times import advance_clock, clock_offset, parse_duration, rfc3339, sandbox_now
from .webhooks import Policy

_MOST = 1_000_000


def list_payments(call: Call) -> Answer:
    """Every payment, oldest first; ``authorized`` counts those that were not declined."""
    documents = _select(call, "payments", ("reference_id", "status"))
    authorized = sum(document["status"] != "FAILED" for document in documents)
    return Answer({"payments": documents, "count": len(documents), "authorized": authorized})


def list_refunds(call: Call) -> Answer:
    documents = _select(call, "refunds", ("payment_id", "status"))
    return Answer({"refunds": documents, "count": len(documents)})


def list_invoices(call: Call) -> Answer:
    """Every invoice that is not deleted, oldest first."""
    documents = _select(call, "invoices", ("order_id", "status"))
    return Answer({"invoices": documents, "count": len(documents)})


def settle_refund(call: Call) -> Answer:
    """Ends a PENDING refund now, also as Square's bank might refuse it."""
    status = Fields(call.body, known={"status"}).choice("status", SETTLED, default="COMPLETED")
    refund = load_refund(call.db, call.path["refund_id"])
    if refund["status"] != "PENDING":
        raise SquareError("BAD_REQUEST", f"The refund is {refund['status']} already.")
    return Answer({"refund": settle(call, refund, status)})


def show_clock(call: Call) -> Answer:
    return Answer({"now": rfc3339(call.now), "offset_seconds": clock_offset(call.db).total_seconds()})


def move_clock(call: Call) -> Answer:
    """Forward only: what happened cannot unhappen."""
    text = Fields(call.body, known={"advance"}).required_text("advance", longest=40)
    try:
        advance_clock(call.db, parse_duration(text))
        call = replace(call, now=sandbox_now(call.db))
    except (ValueError, OverflowError) as error:
        raise SquareError("INVALID_VALUE", "Expected an ISO 8601 duration.", field="advance") from error
    mature(call)
    return show_clock(call)


def show_webhooks(call: Call) -> Answer:
    return Answer({"url": call.config.webhook_url, **asdict(webhooks.read_policy(call.db))})


def set_webhooks(call: Call) -> Answer:
    """What is not named goes back to normal."""
    fields = Fields(call.body, known={"duplicate", "delay_ms", "paused", "dropped"})
    policy = Policy(
        duplicate=fields.integer("duplicate", default=0, lowest=0, highest=100),
        delay_ms=fields.integer("delay_ms", default=0, lowest=0, highest=86_400_000),
        paused=fields.boolean("paused", default=False),
        dropped=fields.boolean("dropped", default=False),
    )
    webhooks.write_policy(call.db, policy)
    return show_webhooks(call)


def release_webhooks(call: Call) -> Answer:
    fields = Fields(call.body, known={"order", "seed"})
    order = fields.choice("order", {"fifo", "reverse", "shuffle"}, default="fifo")
    seed = fields.integer("seed", default=0, lowest=0, highest=2**31)
    return Answer({"released": webhooks.release(call.db, order=order, seed=seed)})


def resend_webhook(call: Call) -> Answer:
    webhooks.resend(call.db, Fields(call.body, known={"event_id"}).required_text("event_id", longest=50))
    return Answer({})


def list_events(call: Call) -> Answer:
    return Answer({"events": webhooks.list_events(call.db)})


_OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("GET", "payments", list_payments),
    ("POST", "payments", import_payments),
    ("GET", "refunds", list_refunds),
    ("GET", "invoices", list_invoices),
    ("POST", "invoices/{invoice_id}/pay", pay_invoice),
    ("POST", "refunds/{refund_id}/settle", settle_refund),
    ("GET", "clock", show_clock),
    ("POST", "clock", move_clock),
    ("GET", "webhooks", show_webhooks),
    ("POST", "webhooks", set_webhooks),
    ("POST", "webhooks/release", release_webhooks),
    ("POST", "webhooks/resend", resend_webhook),
    ("GET", "events", list_events),
    *card_control.OPERATIONS,
    *disputes.OPERATIONS,
)


def control_routes(runtime: Runtime) -> list[Route]:
    """All paths under ``/_control/``."""

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def calls(request: Request) -> Response:
        return JSONResponse({"calls": [asdict(entry) for entry in runtime.log]})

    async def show_faults(request: Request) -> Response:
        return JSONResponse({"faults": runtime.faults.waiting()})

    async def add_fault(request: Request) -> Response:
        runtime.faults.add(read_fault(await read_body(request)))
        return await show_faults(request)

    async def clear_faults(request: Request) -> Response:
        runtime.faults.clear()
        return await show_faults(request)

    async def arrive(request: Request) -> Response:
        return JSONResponse({"arrived": await runtime.faults.arrive()})

    async def reset(request: Request) -> Response:
        await runtime.reset()
        return JSONResponse({"status": "ok"})

    in_memory = (
        ("GET", "health", health),
        ("GET", "calls", calls),
        ("GET", "faults", show_faults),
        ("POST", "faults", add_fault),
        ("DELETE", "faults", clear_faults),
        ("POST", "faults/arrive", arrive),
        ("POST", "reset", reset),
    )
    return [
        Route(f"/_control/{path}", control_handler(handler), methods=[method]) for method, path, handler in in_memory
    ] + [
        Route(f"/_control/{path}", control_operation(runtime, operation), methods=[method])
        for method, path, operation in _OPERATIONS
    ]


_FAULT_FIELDS = frozenset(Fault.__dataclass_fields__)


def read_fault(body: Mapping[str, Any]) -> Fault:
    """Raises ``SquareError`` for what is none."""
    fields = Fields(body, known=_FAULT_FIELDS)
    kind = fields.required_text("kind", longest=40)
    return Fault(
        kind=fields.choice("kind", KINDS, default=kind),
        count=fields.integer("count", default=1, lowest=1, highest=_MOST),
        skip=fields.integer("skip", default=0, lowest=0, highest=_MOST),
        method=fields.text("method", longest=10) or "",
        path=fields.text("path", longest=300) or "",
        status=fields.integer("status", default=500, lowest=400, highest=599),
        delay_ms=fields.integer("delay_ms", default=0, lowest=0, highest=3_600_000),
        hold_ms=fields.integer("hold_ms", default=90_000, lowest=0, highest=3_600_000),
    )


def _select(call: Call, table: str, filters: tuple[str, ...]) -> list[dict[str, object]]:
    wanted = [name for name in filters if name in call.query]
    where = " AND ".join(f"{name} = ?" for name in wanted) or "1"
    rows = call.db.execute(
        f"SELECT body FROM {table} WHERE {where} ORDER BY seq",  # noqa: S608 - names from this file
        [call.query[name] for name in wanted],
    )
    return [json.loads(row["body"]) for row in rows]
