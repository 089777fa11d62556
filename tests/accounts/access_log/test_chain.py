"""Whatever is done to a stored row of the access log is named."""

from datetime import timedelta
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accounts import access_log
from accounts.access_log import Deed, erasing, sealing
from accounts.access_log.checking import Tally
from accounts.access_log.digests import canonical, proof
from accounts.access_log.tables import AccessEntry, Seal
from accounts.access_log.verifying import verify
from accounts.rules.roles import Role
from accounts.tables import User
from atlas import trail
from atlas.origin import Origin
from tests.accounts.access_log.wires import TABLES, altered, findings, kinds, put, remove, rows
from tests.factories import UserFactory

pytestmark = [pytest.mark.usefixtures("empty_log"), pytest.mark.slow]
VALUES = st.one_of(
    st.none(),
    st.text(max_size=8).map(lambda text: {"S": text}),
    st.integers(-1, 10**10).map(lambda number: {"N": str(number)}),
    st.booleans().map(lambda value: {"BOOL": value}),
)


@pytest.fixture
def people(empty_log: None) -> tuple[User, User]:
    ada: User = UserFactory.create(name="Ada Byron")
    eve: User = UserFactory.create(name="Eve", role=Role.ADMIN)
    return ada, eve


@pytest.fixture
def log(empty_log: None, people: tuple[User, User]) -> None:
    """Two seals, an entry that waits, one that was erased; of every part there is something."""
    ada, eve = people
    with trail.within(trail.Work("POST /somewhere", Origin("203.0.113.7", "Firefox"), user=lambda: eve, reason="why")):
        access_log.record(Deed.CHANGED, object="a:1", subject_id=ada.id, personal={"name": ["Ada", "Eve"]})
        access_log.record(Deed.CHANGED, object="a:2", change={"status": ["NEW", "OLD"]})
        sealing.seal_all()
        erasing.erase(user_id=ada.id)
        sealing.seal_all()
        access_log.record(Deed.READ, object="a:3", subject_id=eve.id, actor=ada, resource="user")


@pytest.mark.usefixtures("log")
def test_an_untouched_log_has_no_findings() -> None:
    tally = Tally()
    assert not list(verify(tally))
    assert (tally.seals, tally.unsealed, tally.erased) == (2, 1, 1)
    assert tally.entries == tally.sealed + tally.unsealed


@pytest.mark.usefixtures("log")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.sampled_from(["entry", "seal"]), row_at=st.integers(0, 999), name_at=st.integers(0, 999), value=VALUES)
def test_any_change_of_any_row_is_named(table: str, row_at: int, name_at: int, value: Any) -> None:
    """Any attribute, known or not, set to anything or taken away; put back afterwards."""
    stored = rows(TABLES[table])
    row = stored[row_at % len(stored)]
    keys = {"object", "moment", "chain", "number"}
    names = sorted({*row, "unsealedShard", "sealNumber", "personal", "whenceErasedBy", "added"} - keys)
    name = names[name_at % len(names)]
    assume(value != row.get(name))
    try:
        put(TABLES[table], altered(row, name, value))
    except ClientError:  # DynamoDB itself refuses it: an index's key of another type
        return
    try:
        assert findings(), (table, name, value)
    finally:
        put(TABLES[table], row)
    assert not findings()


@pytest.mark.usefixtures("log")
def test_any_row_that_is_removed_is_missed() -> None:
    """All but the one entry that no seal holds yet."""
    for table in TABLES.values():
        for row in rows(table):
            if "unsealedShard" in row:
                continue
            remove(table, row)
            assert kinds() & {"missing", "gap"}, row
            put(table, row)
    assert not findings()


@pytest.mark.usefixtures("log")
def test_a_row_that_is_slipped_in_is_found() -> None:
    for table in TABLES.values():
        row = rows(table)[0]
        name, copy = ("object", {"S": "a:9"}) if table is AccessEntry else ("number", {"N": "9"})
        slipped_in = altered(row, name, copy)
        put(table, slipped_in)
        assert kinds() & {"altered", "forged", "gap", "doubly sealed"}
        remove(table, slipped_in)
    assert not findings()


@pytest.mark.usefixtures("log")
def test_a_seal_without_the_key_is_forged(settings: Any) -> None:
    """Somebody who may write to the tables drops an entry and seals the rest anew, with a key of their own."""
    seal = next(iter(Seal.query(sealing.CHAIN)))
    wire = dict(seal.stored or {})
    settings.AUDIT_KEY = "another key"
    held = [sealing.Held("a:2", "2026-01-01T00:00:00.000000Z#x", "digest", 4_000_000_000)]
    forged = sealing.link(None, held)
    put(Seal, {**forged.serialize(), "version": {"N": "1"}})
    settings.AUDIT_KEY = "local-only-audit-key-that-production-refuses-to-start-with"
    assert "forged" in kinds()
    put(Seal, wire)


@pytest.mark.usefixtures("log")
def test_old_keys_still_verify(settings: Any) -> None:
    settings.AUDIT_KEY, settings.AUDIT_KEY_FALLBACKS = "a new key", [settings.AUDIT_KEY]
    access_log.record(Deed.READ, object="a:4")
    sealing.seal_all()
    assert not findings()


def test_reordered_and_doubly_sealed_entries_are_named() -> None:
    """As a broken sealer with the key would leave them."""
    entries = [access_log.record(Deed.READ, object=f"a:{number}") for number in range(3)]
    held = list(sealing.unsealed())
    for seal in (sealing.link(None, held[::-1]),):
        seal.save()
    second = sealing.link(sealing.newest(), held[:1])
    second.save()
    for entry in entries:
        row = next(row for row in rows(AccessEntry) if row["moment"]["S"] == entry.moment)
        row.pop("unsealedShard")
        put(AccessEntry, {**row, "sealNumber": {"N": "1"}, "sealProof": {"S": proof(1, row["digest"]["S"])}})
    assert {"reordered", "doubly sealed"} <= kinds()


def test_the_tail_cut_off_is_noticed_by_the_head_that_was_written_down() -> None:
    for number in range(3):
        access_log.record(Deed.READ, object=f"a:{number}")
        sealing.seal_all()
    head = sealing.newest()
    assert head is not None
    assert "head" not in kinds(expect_head=head.hash)
    access_log.record(Deed.READ, object="a:4")
    sealing.seal_all()
    assert "head" not in kinds(expect_head=head.hash), "the chain may have grown since"
    for row in rows(Seal):
        if row["number"] != {"N": "1"}:
            remove(Seal, row)
    for row in rows(AccessEntry):
        if row["sealNumber"] != {"N": "1"}:
            remove(AccessEntry, row)
    assert kinds(expect_head=head.hash) == {"head"}
    assert not kinds(), "nothing else tells"


def test_racing_sealers_leave_one_chain() -> None:
    for number in range(250):
        access_log.record(Deed.READ, object=f"a:{number}")
    sealers = [Thread(target=sealing.seal_all) for _ in range(4)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    sealing.seal_all()
    tally = Tally()
    assert not list(verify(tally))
    assert (tally.sealed, tally.unsealed) == (250, 0)


def test_a_sealer_killed_in_the_middle_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(150):
        access_log.record(Deed.READ, object=f"a:{number}")
    whole = sealing._seal
    calls = []

    def killed(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(sealing, "_seal", killed)
    with pytest.raises(KeyboardInterrupt):
        sealing.seal_all()
    monkeypatch.undo()
    assert not findings()
    sealing.seal_all()
    tally = Tally()
    assert not list(verify(tally))
    assert (tally.sealed, tally.unsealed) == (150, 0)


def test_what_has_expired_is_not_missing(settings: Any) -> None:
    settings.ACCESS_LOG_RETENTION = timedelta(seconds=-5)
    access_log.record(Deed.READ, object="a:1")
    sealing.seal_all()
    settings.ACCESS_LOG_RETENTION = timedelta(days=1)
    access_log.record(Deed.READ, object="a:2")
    sealing.seal_all()
    for row in rows(AccessEntry):
        if row["object"] == {"S": "a:1"}:
            remove(AccessEntry, row)
    tally = Tally()
    assert not list(verify(tally))
    assert tally.expired == 1


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    access_log.record(Deed.READ, object="a:1")
    access_log.record(Deed.READ, object="a:2")
    out = StringIO()
    call_command("audit", "seal", stdout=out)
    access_log.record(Deed.READ, object="a:3")
    call_command("audit", "verify", stdout=out)
    assert "2 entries sealed." in out.getvalue()
    assert "1 of them unsealed, the oldest since" in out.getvalue()
    row = next(row for row in rows(AccessEntry) if row["object"] == {"S": "a:1"})
    put(AccessEntry, altered(row, "deed", {"S": "SIGN_IN"}))
    with pytest.raises(CommandError) as failure:
        call_command("audit", "verify", stdout=out)
    assert failure.value.returncode == 1
    assert "altered: a:1" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--from", "2020-01-01", "--to", "2099-01-01", stdout=out)
    call_command("audit", "verify", "--to", "2020-01-01", stdout=out)


def test_canonical_json_is_one_text() -> None:
    assert canonical({"b": 1, "a": "\u00e9"}) == b'{"a":"\\u00e9","b":1}'
