"""No table with personal data is forgotten by the registry, and what is written of it is true."""

from accounts.privacy.document import DOCUMENT, render_document
from accounts.privacy.registry import Holding, Place, holdings, places
from atlas.dynamo.registry import tables


def test_every_table_with_personal_data_is_declared_and_no_other() -> None:
    personal = {table.Meta.name for table in tables() if table.Meta.personal}
    declared = [holding.name for holding in holdings()]
    assert len(personal) > 15
    assert personal == set(declared), "Meta.personal and <app>/privacy.py disagree"
    assert len(declared) == len(set(declared))


def test_every_declaration_says_what_why_and_how() -> None:
    declared: list[Holding | Place] = [*holdings(), *places()]
    for each in declared:
        for text in (each.what, each.why, each.found_by, each.erased):
            assert len(text) > 3, each.name
            assert not text.endswith("."), each.name
    for holding in holdings():
        assert not (holding.deletes and holding.forget), holding.name


def test_whoever_is_told_of_an_erasure_comes_last() -> None:
    assert holdings()[-1].name == "access-log"


def test_the_document_is_what_the_declarations_say() -> None:
    assert DOCUMENT.read_text() == render_document(), "run `manage.py privacy docs`"
