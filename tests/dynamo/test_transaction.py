"""All or nothing, and a conflict that names its item."""

# ruff: noqa: PT012 (what must fail is the whole block of a transaction)

from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import TransactWriteError

from atlas.dynamo import transaction
from atlas.dynamo.connection import connection
from atlas.dynamo.transaction import TRIES, Lost, retried, transact
from atlas.errors import Conflict, Unavailable
from tests.dynamo.samples import Label, Note, new_id, stored


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atlas.dynamo.transaction.time.sleep", lambda _: None)


def saved(**attributes: Any) -> Note:
    note = Note(**attributes)
    note.save()
    return note


def test_what_is_created_saved_and_deleted_commits_together() -> None:
    changed, gone, made = saved(text="old"), saved(), Label()

    with transact() as tx:
        tx.create(made)
        changed.text = "new"
        tx.save(changed)
        tx.delete(gone)
        assert Label.find(made.id) is None

    assert Label.fetch(made.id).colour == "red"
    assert Note.fetch(changed.id).text == "new"
    assert Note.find(gone.id) is None


def test_one_failed_condition_leaves_everything_as_it_was() -> None:
    changed, taken, made = saved(text="old"), saved(), Label()

    with pytest.raises(Lost), transact() as tx:
        tx.create(made)
        changed.text = "new"
        tx.save(changed)
        tx.create(Note(id=taken.id))

    assert Label.find(made.id) is None
    assert Note.fetch(changed.id).text == "old"


def test_an_error_in_the_block_writes_nothing() -> None:
    made = Label()

    with pytest.raises(ZeroDivisionError), transact() as tx:
        tx.create(made)
        _ = 1 / 0

    assert Label.find(made.id) is None


@pytest.mark.parametrize("loser", ["check", "delete", "create", "save"])
def test_the_conflict_names_the_item_that_lost_whatever_the_order(loser: str) -> None:
    """PynamoDB regroups the steps of a transaction, so the reasons must be matched to what was sent."""
    stale, others = saved(), {kind: saved() for kind in ("check", "delete", "save")}
    rival = Note.fetch(stale.id)
    rival.save()

    with pytest.raises(Lost) as caught, transact() as tx:
        tx.save(others["save"]) if loser != "save" else tx.save(stale)
        tx.create(Note() if loser != "create" else Note(id=stale.id))
        tx.delete(others["delete"]) if loser != "delete" else tx.delete(stale)
        checked = stale if loser == "check" else others["check"]
        tx.check(Note, checked.id, condition=Note.version == 1)

    assert caught.value.details == {"item": f"test-notes {stale.id}"}
    assert caught.value.reason == "ConditionalCheckFailed"
    assert caught.value.status == 409


def test_otherwise_is_raised_for_its_own_step_alone() -> None:
    fine, taken = saved(), saved()

    with pytest.raises(Conflict, match="That one is taken") as caught, transact() as tx:
        tx.save(fine, otherwise=Conflict("Not this"))
        tx.create(Note(id=taken.id), otherwise=Conflict("That one is taken.", code="taken"))

    assert caught.value.code == "taken"
    assert not isinstance(caught.value, Lost)


def test_a_save_may_carry_a_condition_of_its_own() -> None:
    note = saved(text="open")

    with pytest.raises(Conflict, match="closed"), transact() as tx:
        tx.save(note, Note.text == "closed", otherwise=Conflict("It is not closed."))

    with transact() as tx:
        tx.save(note, Note.text == "open")


def test_a_check_holds_for_an_item_that_is_not_written() -> None:
    note = saved(text="open")

    with transact() as tx:
        tx.check(Note, note.id, condition=Note.text == "open")
        tx.create(Label())
    with pytest.raises(Lost), transact() as tx:
        tx.check(Note, note.id, condition=Note.text == "shut")
        tx.create(Label())

    assert Note.fetch(note.id).version == 1


def test_an_item_can_be_saved_again_after_its_transaction() -> None:
    note = Note()
    with transact() as tx:
        tx.create(note)
    for text in ("one", "two"):
        note.text = text
        with transact() as tx:
            tx.save(note)

    assert (note.version, stored(note)["version"]) == (3, {"N": "3"})


def test_create_refuses_an_existing_item_even_with_its_version_in_hand() -> None:
    note = saved()

    with pytest.raises(Lost), transact() as tx:
        tx.create(note)


def test_an_empty_transaction_asks_nothing() -> None:
    with transact():
        pass


def test_the_limit_is_told_before_anything_is_sent() -> None:
    made = [Label() for _ in range(transaction.LIMIT + 1)]

    with pytest.raises(Conflict) as caught, transact() as tx:
        for label in made:
            tx.create(label)
    assert caught.value.code == "too_much_at_once"
    assert Label.find(made[0].id) is None

    with transact() as tx:
        for label in made[: transaction.LIMIT]:
            tx.create(label)
    assert Label.find(made[99].id) is not None


def test_on_commit_runs_after_the_items_are_there_and_never_without() -> None:
    seen: list[Any] = []
    made, taken = Label(), saved()

    with transact() as tx:
        tx.on_commit(lambda: seen.append(Label.find(made.id)))
        tx.create(made)
        assert not seen
    assert [each.id for each in seen] == [made.id]

    with pytest.raises(Lost), transact() as tx:
        tx.on_commit(lambda: seen.append("never"))
        tx.create(Note(id=taken.id))
    assert len(seen) == 1


def test_retried_runs_again_on_what_it_reads_anew(no_pauses: None) -> None:
    note = saved(position=0)
    runs = []

    @retried
    def increment() -> int:
        mine = Note.fetch(note.id)
        runs.append(mine.position)
        if len(runs) < 3:
            rival = Note.fetch(note.id)
            rival.position += 10
            rival.save()
        mine.position += 1
        with transact() as tx:
            tx.save(mine)
        return int(mine.position)

    assert increment() == 21
    assert runs == [0, 10, 20]


def test_retried_gives_up_with_the_conflict(no_pauses: None) -> None:
    runs = []

    @retried
    def never() -> None:
        runs.append(1)
        raise Lost("note x", "ConditionalCheckFailed")

    with pytest.raises(Lost):
        never()
    assert len(runs) == TRIES


def test_retried_leaves_a_decided_conflict_alone(no_pauses: None) -> None:
    runs = []

    @retried
    def decided() -> None:
        runs.append(1)
        raise Conflict(code="quote_expired")

    with pytest.raises(Conflict):
        decided()
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("reason", "expected"), [("TransactionConflict", Lost), ("ThrottlingError", Unavailable), ("ValidationError", None)]
)
def test_other_cancellations(reason: str, expected: type[Exception] | None) -> None:
    def cancelled(**_: Any) -> tuple[Any, Any]:
        answer = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}}
        http = type("Answer", (), {"status_code": 400, "headers": {}})()
        return http, {**answer, "ResponseMetadata": {}, "CancellationReasons": [{"Code": "None"}, {"Code": reason}]}

    events = connection().client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", cancelled)
    try:
        with pytest.raises(expected or TransactWriteError) as caught, transact() as tx:
            tx.create(Label(id="first"))
            tx.create(Label(id="second"))
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", cancelled)
    if isinstance(caught.value, Lost):
        assert caught.value.details == {"item": "test-labels second"}


def test_a_repeated_request_bears_the_same_token_so_that_a_lost_answer_is_no_conflict() -> None:
    """botocore repeats a request whose answer was lost; DynamoDB knows it again by the token and answers as before."""
    bodies: list[bytes] = []

    def lose_the_first_answer(request: Any, **_: Any) -> Any:
        bodies.append(request.body)
        return None

    def answer_lost(*, response: Any, attempts: int, **_: Any) -> float | None:
        return 0 if attempts == 1 and response is not None else None

    label = Label(id=new_id())
    events = connection().client.meta.events
    events.register("before-send.dynamodb.TransactWriteItems", lose_the_first_answer)
    events.register_first("needs-retry.dynamodb.TransactWriteItems", answer_lost)
    try:
        with transact() as tx:
            tx.create(label)
    except ClientError as error:
        pytest.fail(str(error))
    finally:
        events.unregister("before-send.dynamodb.TransactWriteItems", lose_the_first_answer)
        events.unregister("needs-retry.dynamodb.TransactWriteItems", answer_lost)

    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert b"ClientRequestToken" in bodies[0]
    assert stored(label)["version"] == {"N": "1"}
