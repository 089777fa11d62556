"""`manage.py tables` and Django's own commands that have nothing to do here."""

import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as DjangoMigrate

from atlas.dynamo.provision.document import COSTS_PAGE, DOCUMENTS, known_budgets, render_documents
from atlas.dynamo.provision.live import Store
from atlas.dynamo.registry import tables
from atlas.management.commands import migrate
from atlas.management.commands import tables as command
from tests.dynamo.aws import aws
from tests.dynamo.declared import by_colour, declare, new_name, text


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Any:
    """One table that is not there yet, as the whole of Atlas."""
    table = declare(new_name(), one=by_colour())
    monkeypatch.setattr(command, "tables", lambda: (table,))
    return table


def test_plan_shows_everything_and_does_nothing(declared: Any) -> None:
    said = run("tables", "plan")

    assert f"+ {declared.Meta.table_name}" in said
    assert "+ index colour-index: colour; ALL" in said
    assert "1 to create, 0 to change, 0 as they should be." in said
    assert not declared.exists()


def test_check_fails_until_apply_has_run(declared: Any) -> None:
    with pytest.raises(CommandError, match="tables apply"):
        run("tables", "check")

    assert run("tables", "apply").endswith("Done.\n")

    assert "Everything is as it should be." in run("tables", "check")
    assert "Done." not in run("tables", "apply")


def test_a_refused_change_fails_apply(declared: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run("tables", "apply")
    other = declare(declared.Meta.name, position=text(range_key=True))
    monkeypatch.setattr(command, "tables", lambda: (other,))

    with pytest.raises(CommandError, match="1 changes were not made"):
        run("tables", "apply")


@pytest.mark.parametrize(("answer", "exists"), [("n", False), ("", False), ("y", True)])
def test_apply_asks_on_a_terminal_against_aws(
    declared: Any, monkeypatch: pytest.MonkeyPatch, answer: str, exists: bool
) -> None:
    monkeypatch.setattr(Store, "of_settings", aws)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)

    if exists:
        run("tables", "apply")
    else:
        with pytest.raises(CommandError, match="Nothing was changed"):
            run("tables", "apply")
    assert declared.exists() is exists


def test_apply_without_input_does_not_ask(declared: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "of_settings", aws)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked"))

    run("tables", "apply", "--no-input")

    assert declared.exists()


def test_a_wrong_setting_is_one_clear_line(settings: Any) -> None:
    settings.DYNAMODB_CAPACITY = "lots"
    with pytest.raises(CommandError, match="on-demand or provisioned"):
        run("tables", "plan")


def test_migrate_is_django_s_and_applies_the_tables(declared: Any) -> None:
    assert issubclass(migrate.Command, DjangoMigrate)
    assert "tables apply" in run("migrate", interactive=False, verbosity=0)
    assert declared.exists()


def test_makemigrations_and_flush_say_what_to_do_instead() -> None:
    assert "tables plan" in run("makemigrations", "--check")
    assert "make reset" in run("flush", interactive=False)
    assert run("flush", interactive=False, verbosity=0) == ""


def test_the_committed_data_model_is_current() -> None:
    for name, page in render_documents(tables(), known_budgets()).items():
        assert (DOCUMENTS / name).read_text() == page, f"{name}: run `manage.py tables docs`"


def test_every_table_says_how_it_is_found() -> None:
    document = "".join(render_documents(tables(), {}).values())
    for table in tables():
        assert f"## `{table.Meta.name}`" in document
        assert "\n- " in (table.__doc__ or "").replace("\n    - ", "\n- "), f"{table.__name__} lists no access pattern"


def test_budgets_join_the_document() -> None:
    budget = {"GET /api/v1/bookings (50)": {"calls": 2, "rcu": 6.5, "wcu": 0, "floor": "one query"}}

    document = render_documents([], budget)[COSTS_PAGE]

    assert "| `GET /api/v1/bookings (50)` | 2 | 6.5 | 0 | one query |" in document
    assert "No budget" in render_documents([], {})[COSTS_PAGE]


def test_no_table_of_the_tests_is_a_table_of_atlas() -> None:
    assert not [table for table in tables() if table.Meta.name.startswith("test-")]
