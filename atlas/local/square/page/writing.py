"""The pages as HTML."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from atlas.local.square.faults import LoggedCall

from .billing import invoices_table
from .controls import clock_panel, faults_panel, webhooks_panel
from .disputing import dispute_button, disputes_table
from .markup import Child, Html, join, tag
from .parts import badge, button_form, money, section, table, when

_DONE = {
    "clock": "The clock was advanced; what fell due has happened.",
    "webhooks": "From now on webhooks go that way.",
    "release": "What was held is on its way.",
    "resend": "The webhook is sent once more.",
    "settle": "The refund is settled.",
    "pay-invoice": "The invoice is paid by card.",
    "dispute": "The card's holder wants the money back.",
    "decide": "The dispute went on.",
    "fault": "The next calls that match will fail so.",
    "mend-calls": "No call fails any more.",
    "reset": "Everything is forgotten.",
}
_CALLS = 15


def overview_page(
    found: Mapping[str, Any], faults: Sequence[Mapping[str, Any]], calls: Sequence[LoggedCall], query: Mapping[str, str]
) -> str:
    """Lists on the left, levers on the right; on a phone one below the other."""
    done = _DONE.get(query.get("done", ""))
    lists = [
        section("payments", "Payments", found["payments"], _payments(found["payments"]["rows"])),
        section("refunds", "Refunds", found["refunds"], _refunds(found["refunds"]["rows"])),
        section("disputes", "Disputes", found["disputes"], disputes_table(found["disputes"]["rows"])),
        section("invoices", "Invoices", found["invoices"], invoices_table(found["invoices"]["rows"], found["now"])),
        section("events", "Webhooks", found["events"], _events(found["events"]["rows"])),
        section("calls", "Calls to the API", None, _calls(list(reversed(calls))[:_CALLS])),
    ]
    levers = [clock_panel(found), faults_panel(faults), webhooks_panel(found), _reset_panel()]
    return page(
        "Square sandbox",
        tag("p", done, class_="done", role="status") if done else None,
        tag("div", tag("div", *lists), tag("aside", *levers, aria_label="Levers"), class_="columns"),
    )


def payment_page(found: Mapping[str, Any]) -> str:
    payment = found["payment"]
    return page(
        f"Payment {payment['id']}",
        tag("p", tag("a", "All payments", href="/")),
        _payments([payment]),
        section("refunds", "Refunds", None, _refunds(found["refunds"])),
        section("disputes", "Disputes", None, join((disputes_table(found["disputes"]), dispute_button(payment)))),
        section("events", "Webhooks", None, _events(found["events"])),
        section("document", "As the API answers it", None, tag("pre", json.dumps(payment, indent=2))),
    )


def refusal_page(code: str, detail: str, field: str | None) -> str:
    where = f" ({field})" if field else ""
    return page(
        "This cannot be done",
        tag("p", f"{detail}{where}", role="alert"),
        tag("p", tag("code", code)),
        tag("p", tag("a", "Back", href="/")),
    )


def page(title: str, *content: Child) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("link", rel="stylesheet", href="/page/style.css"),
    )
    header = tag(
        "header", tag("h1", title), tag("p", "A local stand-in for Square. No money moves here, and no card is real.")
    )
    return f"<!doctype html>{tag('html', head, tag('body', header, tag('main', *content)), lang='en')}"


def _payments(rows: Sequence[Mapping[str, Any]]) -> Html:
    return table(
        ("Payment", "State", "Amount", "Given back", "Reference", "Card", "Made"),
        [
            (
                tag("a", each["id"], href=f"/page/payments/{each['id']}"),
                badge(each["status"]),
                money(each["total_money"]),
                money(each.get("refunded_money")),
                each.get("reference_id"),
                f"{each['card_details']['card']['card_brand']} {each['card_details']['card']['last_4']}",
                when(each["created_at"]),
            )
            for each in rows
        ],
    )


def _refunds(rows: Sequence[Mapping[str, Any]]) -> Html:
    return table(
        ("Refund", "State", "Amount", "Of payment", "Asked for", "Settle"),
        [
            (
                each["id"],
                badge(each["status"]),
                money(each["amount_money"]),
                tag("a", each["payment_id"], href=f"/page/payments/{each['payment_id']}"),
                when(each["created_at"]),
                _settle(each) if each["status"] == "PENDING" else None,
            )
            for each in rows
        ],
    )


def _settle(refund: Mapping[str, Any]) -> Html:
    return join(
        button_form("settle", word, refund_id=refund["id"], status=status)
        for status, word in (("COMPLETED", "Complete"), ("REJECTED", "Reject"), ("FAILED", "Fail"))
    )


def _events(rows: Sequence[Mapping[str, Any]]) -> Html:
    return table(
        ("Event", "About", "Deliveries", "At", "Again"),
        [
            (
                each["type"],
                each["data"]["id"],
                _deliveries(each["deliveries"]),
                when(each["created_at"]),
                button_form("resend", "Send", event_id=each["event_id"]),
            )
            for each in rows
        ],
    )


def _deliveries(rows: Sequence[Mapping[str, Any]]) -> Html:
    if not rows:
        return tag("span", "nowhere to send it", class_="quiet")
    return join(
        join((badge(each["state"]), f" {each['attempts']}\u00d7 {each['last_reason'] or ''} ")) for each in rows
    )


def _calls(rows: Sequence[LoggedCall]) -> Html:
    return table(
        ("Call", "Answer", "Fault", "At"),
        [
            (f"{each.method} {each.path}", "none" if each.status is None else each.status, each.fault, when(each.at))
            for each in rows
        ],
    )


def _reset_panel() -> Html:
    return tag(
        "section",
        tag("h2", "Start over"),
        tag("p", "Forgets payments, refunds, webhooks, faults and the clock."),
        button_form("reset", "Forget everything", danger=True),
        class_="panel",
    )
