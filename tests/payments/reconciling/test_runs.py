"""Whole runs: nothing twice, resumed where they were cut off; as a job, as a command, every night."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas import jobs
from atlas import objects as storage
from atlas.errors import Forbidden, Invalid
from atlas.jobs import JobStatus
from atlas.jobs.tables import Job
from atlas.local.square.testing import SandboxControl
from payments import services
from payments.gateway import OutcomeUnknown
from payments.reconciling import asking, mending, walking
from payments.reconciling.report import differences
from payments.reconciling.tables import PaymentDifference
from payments.reconciling.walking import Walk
from payments.rules.differences import DifferenceStatus
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.conftest import Opener
from tests.payments.reconciling.stage import dump, reconcile, run, today
from tests.payments.reconciling.test_kinds import change, pay_there, refund_there, square

pytestmark = pytest.mark.slow

S, D = TransactionStatus, DifferenceStatus


@pytest.fixture
def finance() -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "PAGE", 2)


def make_a_mess(authorized: Opener, captured: Opener) -> int:
    """Seven differences."""
    for _ in range(3):
        square().payments.complete(authorized().payment_gateway_id)
    change(captured(), amount=1)
    pay_there(captured=False)
    pay_there(captured=True)
    refund_there(captured(), 500)
    for _ in range(4):
        captured()
    return 7


@pytest.mark.usefixtures("small_pages")
def test_many_pages_and_twice_is_once(authorized: Opener, captured: Opener) -> None:
    expected = make_a_mess(authorized, captured)
    walk, found = run()
    assert len(found) == expected
    counts = {(side, what): count for side, _, what, count, _ in walk.totals.lines()}
    assert counts["Square", "taken"] == 10
    assert counts["Square", "held"] == 1
    before = dump()
    again, _ = run()
    assert again.totals.state == walk.totals.state
    assert dump() == before


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("mend", [False, True])
def test_a_run_that_is_killed_after_any_page_goes_on(authorized: Opener, captured: Opener, mend: bool) -> None:
    expected = make_a_mess(authorized, captured)
    whole, _ = run()
    state: dict[str, Any] = {}
    id, pages = str(uuid4()), 0
    while True:
        stored = dict(state)

        def checkpoint(now: Mapping[str, Any]) -> None:
            stored.update(now)  # noqa: B023
            raise Killed

        try:
            walk = Walk(today(), run_id=id, mending=mend, state=state, checkpoint=checkpoint)
            walk.go()
        except Killed:
            state, pages = stored, pages + 1
            continue
        break
    assert pages > 12
    found = list(differences(id))
    assert len(found) == expected
    assert len(list(PaymentDifference.scan())) == expected
    counted = {key: value for key, value in walk.totals.state.items() if key.startswith("Square|USD|taken")}
    assert counted.items() <= whole.totals.state.items()
    mended = [each for each in found if each.status is D.MENDED]
    assert len(mended) == (5 if mend else 0)


def test_killed_between_looking_and_keeping(authorized: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    square().payments.complete(authorized().payment_gateway_id)
    original = mending.mend

    def mend(**arguments: Any) -> PaymentDifference:
        original(**arguments)
        raise Killed

    monkeypatch.setattr(walking, "mend", mend)
    with pytest.raises(Killed):
        run(mend=True)
    monkeypatch.undo()
    assert reconcile(mend=True) == []
    [row] = PaymentDifference.scan()
    assert row.status is D.MENDED


def test_a_provider_that_is_away_stops_the_run_and_nothing_is_said(authorized: Opener, sandbox: SandboxControl) -> None:
    authorized()
    sandbox.inject("error_before", count=20, status=503)
    with pytest.raises(OutcomeUnknown):
        reconcile()
    assert list(PaymentDifference.scan()) == []
    sandbox.clear_faults()
    sandbox.inject("error_before", count=1, status=503)
    assert reconcile() == []


def read(job: Job) -> list[dict[str, str]]:
    with storage.open(str(job.result_key)) as stored:
        text = stored.read().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.usefixtures("objects")
def test_the_job_leaves_a_report(authorized: Opener, captured: Opener, finance: User) -> None:
    make_a_mess(authorized, captured)
    period = today()
    job = jobs.find(asking.start(user=finance, first=period.first, last=period.last, mending=True).id)
    assert job is not None
    assert (job.status, job.owner_id) == (JobStatus.DONE, finance.id), job.error
    assert job.note.startswith("7 differences: 2 open, 5 mended.")
    lines = read(job)
    assert sum(each["record"] == "difference" for each in lines) == 7
    [wrong] = [each for each in lines if each["kind"] == "AMOUNT"]
    assert (wrong["Atlas"], wrong["Square"], wrong["amount"]) == ("1", "24500", "244.99")
    [taken] = [
        each for each in lines if each["record"] == "total" and (each["kind"], each["Square"]) == ("taken", "taken")
    ]
    assert (taken["count"], taken["amount"], taken["currency"]) == ("10", "2255.00", "USD")


@pytest.mark.usefixtures("objects")
def test_every_night_once(authorized: Opener, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    row = authorized()
    square().payments.complete(row.payment_gateway_id)
    now = datetime.combine(row.created_at.date() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=2)
    first = asking.start_nightly(now)
    assert first.params == {"from": row.created_day, "to": row.created_day, "mend": True}
    assert PaymentTransaction.fetch(row.id).status is S.CAPTURED
    assert {asking.start_nightly(now + timedelta(hours=hours)).id for hours in (1, 5, 20)} == {first.id}
    assert asking.start_nightly(now - timedelta(hours=1, minutes=30)).id != first.id  # the day before, still
    settings.RECONCILE_MENDS = False
    assert asking.start_nightly(now + timedelta(days=1)).params["mend"] is False


def test_who_may_ask_and_for_what(finance: User) -> None:
    day = today().last
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    with pytest.raises(Forbidden):
        asking.start(user=support, first=day, last=day, mending=False)
    for first, last in (
        (day, day - timedelta(days=1)),
        (day - timedelta(days=400), day),
        (day + timedelta(days=2),) * 2,
    ):
        with pytest.raises(Invalid):
            asking.start(user=finance, first=first, last=last, mending=False)


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("payments", "reconcile", *arguments, stdout=out)
    return out.getvalue()


def days() -> tuple[str, ...]:
    return (f"--from={today().first}", f"--to={today().last}")


def test_the_command(authorized: Opener, captured: Opener) -> None:
    captured()
    said = command(*days())
    assert said.startswith("No differences. Atlas 1 taken $245.00; Square 1 taken $245.00.")
    row = authorized()
    square().payments.complete(row.payment_gateway_id)
    with pytest.raises(CommandError) as failed:
        command(*days())
    assert "1 differences are open" in str(failed.value)
    assert f"MENDED STATE: transaction {row.id}" in command("--mend", *days())
    assert command(*days()).startswith("No differences.")


@pytest.mark.parametrize(
    "arguments", [("--from=2026-02-30",), ("--from=2999-01-01",), ("--from=2026-01-02", "--to=2026-01-01")]
)
def test_the_command_refuses(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        command(*arguments)


def test_yesterday_is_what_is_done_without_dates() -> None:
    assert command().startswith("No differences.")


def test_the_summary_of_nothing(opened: Opener) -> None:
    services.abandon(transaction=opened())
    walk, found = run()
    assert found == []
    assert list(walk.totals.lines()) == [("Atlas", "USD", "released or failed", 1, 24_500)]
