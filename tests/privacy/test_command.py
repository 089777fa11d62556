"""`manage.py privacy`, as who runs Atlas uses it."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.filebased import EmailBackend
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.privacy import closing
from accounts.privacy.tables import ErasureProof
from accounts.tables import User
from atlas import objects as store
from atlas.live import redis
from tests.bookings.stage import Cast
from tests.factories import UserFactory
from tests.privacy.conftest import Traces


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("privacy", *map(str, arguments), stdout=out)
    return out.getvalue()


def verify(user: User, *more: str) -> tuple[bool, str]:
    """Whether nothing is left, and what was said."""
    out = StringIO()
    try:
        call_command("privacy", "verify", user.id, *more, stdout=out)
    except CommandError as error:
        return False, f"{out.getvalue()}{error}"
    return True, out.getvalue()


def test_erase_and_prove(traces: Traces) -> None:
    clean, said = verify(traces.person)
    assert not clean
    assert "traces are left" in said
    for secret in (traces.person.email, traces.person.name, traces.person.phone):
        assert secret not in said, "values are masked"
    assert "DONE" in run("erase", traces.person.id, "--reason", "By letter of 1 May")
    clean, said = verify(traces.person)
    assert clean
    assert all("(somebody else's)" in line for line in said.splitlines()[:-1]), said
    assert "DONE: " in run("erase", traces.person.id, "--reason", "By letter of 1 May")


def test_every_place_is_searched(traces: Traces, settings: Settings, tmp_path: Path) -> None:
    """Redis, mail files, the object store, and a row of no declared table: each with the address in it."""
    person = traces.person
    client = redis.client()
    store.write("strays/one.json", [f'{{"of": "{person.email}"}}'.encode()], "application/json")
    store.write("strays/two.csv", [b"x" * (1024 * 1024 - 5), b",", person.email.encode()], "text/csv")
    closing.erase_user(actor=None, user_id=person.id, reason="By letter")
    client.hset("stray", "who", f"{person.name} <{person.email}>")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    message = mail.EmailMessage("Ihre Fahrt für " + person.name, "Grüße", to=[person.email])
    EmailBackend(file_path=str(tmp_path)).send_messages([message])
    UserFactory.create(name="Somebody", email=f"x.{person.email}")
    try:
        clean, said = verify(person, "--json")
        lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        places = {(each["place"], each["attribute"]) for each in lines if not each["elsewhere"]}
        assert not clean
        assert places == {("redis", "who"), ("objects", "(content)")}
        keys = {each["key"] for each in lines if each["place"] == "objects"}
        assert {key for key in keys if key.startswith("strays/")} == {"strays/one.json", "strays/two.csv"}
        assert any(each["place"] == "mail" for each in lines), "written since: listed, and not a trace"
    finally:
        client.delete("stray")
        store.delete_under("strays/")


def test_when_the_fingerprints_are_gone(cast: Cast) -> None:
    person = cast.concierge
    closing.erase_user(actor=None, user_id=person.id, reason="By letter")
    ErasureProof.fetch(person.id).delete()
    clean, said = verify(person)
    assert not clean
    assert "--value" in said
    assert verify(person, "--value", person.email, "--value", person.phone) == (True, "Nothing is left.\n")
    closing.erase_user(actor=None, user_id=cast.other_concierge.id, reason="By letter")
    known = cast.owner.email
    assert not verify(cast.other_concierge, "--value", known)[0]


def test_a_namesake_is_no_trace_unless_one_is_strict(cast: Cast) -> None:
    UserFactory.create(name=cast.concierge.name)
    closing.erase_user(actor=None, user_id=cast.concierge.id, reason="By letter")
    clean, said = verify(cast.concierge)
    assert clean
    assert "(somebody else's)" in said
    assert not verify(cast.concierge, "--strict")[0]


def test_export_to_a_file_that_only_its_owner_reads(traces: Traces, tmp_path: Path) -> None:
    file = tmp_path / "ada.json"
    run("export", traces.person.id, "--to", file)
    assert json.loads(file.read_text())["data"]["users"][0]["email"] == traces.person.email
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    run("erase", traces.person.id, "--reason", "By letter of 1 May")
    left = json.loads(run("export", traces.person.id, "--to", "-"))
    assert traces.person.email not in json.dumps(left)
    assert len(left["data"]["bookings"]) == 3


@pytest.mark.parametrize(
    "arguments",
    [("export", "nobody", "--to", "-"), ("erase", "nobody", "--reason", "By letter"), ("verify", "nobody")],
)
def test_nobody(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_a_reason_is_asked_for(cast: Cast) -> None:
    with pytest.raises(CommandError, match="5 to 500"):
        run("erase", cast.concierge.id, "--reason", "x")
