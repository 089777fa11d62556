"""What the page shows: the newest of everything, in one transaction."""

import json
from dataclasses import asdict
from typing import Any

from atlas.local.square.calls import Answer, Call
from atlas.local.square.payment_records import load_payment
from atlas.local.square.times import clock_offset, rfc3339
from atlas.local.square.webhooks import read_policy

SHOWN = 25
"""Rows of each list on one page."""


def read_overview(call: Call) -> Answer:
    """Lists newest first; ``?payments=``, ``refunds=``, ``disputes=``, ``events=`` are the row to go on below."""
    body: dict[str, Any] = {
        "now": rfc3339(call.now),
        "offset_seconds": clock_offset(call.db).total_seconds(),
        "policy": asdict(read_policy(call.db)),
        "webhook_url": call.config.webhook_url,
    }
    for table in ("payments", "refunds", "disputes", "invoices", "events"):
        body[table] = _newest(call, table)
    for event in body["events"]["rows"]:
        event["deliveries"] = _deliveries(call, event["event_id"])
    return Answer(body)


def read_payment(call: Call) -> Answer:
    """One payment with all that belongs to it; NOT_FOUND."""
    payment = load_payment(call.db, call.path["payment_id"])
    refunds = call.db.execute("SELECT body FROM refunds WHERE payment_id = ? ORDER BY seq", (payment["id"],))
    disputes = call.db.execute("SELECT body FROM disputes WHERE payment_id = ? ORDER BY seq", (payment["id"],))
    about = [payment["id"]]
    found = [json.loads(row["body"]) for row in refunds.fetchall()]
    disputed = [json.loads(row["body"]) for row in disputes.fetchall()]
    about += [each["id"] for each in (*found, *disputed)]
    marks = ", ".join("?" * len(about))
    events = call.db.execute(
        f"SELECT body FROM events WHERE json_extract(body, '$.data.id') IN ({marks}) ORDER BY seq",  # noqa: S608
        about,
    ).fetchall()
    listed = [json.loads(row["body"]) for row in events]
    for event in listed:
        event["deliveries"] = _deliveries(call, event["event_id"])
    return Answer({"payment": payment, "refunds": found, "disputes": disputed, "events": listed})


def _newest(call: Call, table: str) -> dict[str, Any]:
    given = call.query.get(table, "")
    below = int(given) if given.isascii() and given.isdecimal() and len(given) < len(str(2**63)) else 2**62
    rows = call.db.execute(
        f"SELECT seq, body FROM {table} WHERE seq < ? ORDER BY seq DESC LIMIT ?",  # noqa: S608 - names from above
        (below, SHOWN + 1),
    ).fetchall()
    (count,) = call.db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608
    older = rows[SHOWN - 1]["seq"] if len(rows) > SHOWN else None
    return {"rows": [json.loads(row["body"]) for row in rows[:SHOWN]], "older": older, "count": count}


def _deliveries(call: Call, event_id: str) -> list[dict[str, Any]]:
    rows = call.db.execute(
        "SELECT state, attempts, last_reason FROM deliveries WHERE event_id = ? ORDER BY seq", (event_id,)
    )
    return [dict(row) for row in rows.fetchall()]
