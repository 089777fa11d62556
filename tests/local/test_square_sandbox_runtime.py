"""What must hold inside one operation of the local Square sandbox, without a server around it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from atlas.local.square.calls import Answer, Call
from atlas.local.square.config import Config
from atlas.local.square.errors import SquareError
from atlas.local.square.payments import complete_payment, create_payment, get_payment
from atlas.local.square.runtime import Runtime
from atlas.local.square.times import advance_clock
from atlas.local.square.webhooks import list_events


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    made = Runtime(Config(database=tmp_path / "square.sqlite3"))
    yield made
    made.store.close()


async def authorize(runtime: Runtime, **more: Any) -> dict[str, Any]:
    body = {
        "source_id": "cnon:card-nonce-ok",
        "idempotency_key": str(uuid.uuid4()),
        "amount_money": {"amount": 10_000, "currency": "USD"},
        "autocomplete": False,
    }
    answer = await runtime.perform(create_payment, body=body | more)
    assert answer.status == 200
    return dict(answer.body["payment"])


async def test_no_operation_sees_a_state_that_should_be_over(runtime: Runtime) -> None:
    """Time has passed, and no sweep has noticed yet."""
    payment = await authorize(runtime)
    with runtime.store.transaction() as db:
        advance_clock(db, timedelta(days=8))
    refused = await runtime.perform(complete_payment, path={"payment_id": payment["id"]})
    assert refused.body["errors"][0]["code"] == "DELAYED_TRANSACTION_EXPIRED"
    seen = await runtime.perform(get_payment, path={"payment_id": payment["id"]})
    assert (seen.body["payment"]["status"], seen.body["payment"]["updated_at"]) == (
        "CANCELED",
        payment["delayed_until"],
    )
    with runtime.store.transaction() as db:
        assert [event["type"] for event in list_events(db)] == ["payment.created", "payment.updated"]


async def test_refused_operation_leaves_no_trace(runtime: Runtime) -> None:
    def write_and_refuse(call: Call) -> Answer:
        call.db.execute("INSERT INTO used_sources (source_id) VALUES ('x')")
        raise SquareError("BAD_REQUEST", "no")

    answer = await runtime.perform(write_and_refuse)
    assert answer.status == 400
    with runtime.store.transaction() as db:
        assert db.execute("SELECT COUNT(*) FROM used_sources").fetchone()[0] == 0


async def test_crash_in_an_operation_leaves_no_trace_and_the_store_usable(runtime: Runtime) -> None:
    def write_and_crash(call: Call) -> Answer:
        call.db.execute("INSERT INTO used_sources (source_id) VALUES ('x')")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await runtime.perform(write_and_crash)
    with runtime.store.transaction() as db:
        assert db.execute("SELECT COUNT(*) FROM used_sources").fetchone()[0] == 0
    assert (await authorize(runtime))["status"] == "APPROVED"


def test_database_is_written_through_to_the_disk(runtime: Runtime) -> None:
    with runtime.store.transaction() as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
