"""What somebody is known by is found wherever and however it is written, and nothing else is."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.privacy.marks import FORGOTTEN, Kind, Marks, fold

ADA = Marks.of(
    [
        (Kind.EMAIL, "ada@example.com"),
        (Kind.NAME, "Ada Lovelace-Byron"),
        (Kind.PHONE, "+12125550123"),
        (Kind.LICENSE, "NY 882 441"),
        (Kind.NAME, "Zoé Ærøe"),
        (Kind.NAME, "王小明"),
        (Kind.NAME, "Al"),
        (Kind.VALUE, ""),
    ],
    salt=b"a salt",
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ada@example.com", ["email"]),
        ("email:ada@example.com", ["email"]),
        ("<ADA@Example.COM>, or so", ["email"]),
        ('{"email":"ada@example.com"}', ["email"]),
        ("Write to ada@example.com.", ["email"]),
        ("For Ada  lovelace-BYRON!", ["name"]),
        ("Lovelace-Byron, Ada", ["name"]),
        ("lovelace-byron ada", ["name"]),
        ("zoe\u0301 ærøe", ["name"]),
        ("\uff3a\uff2f\uff25\u0301 AEROE", []),
        ("\uff21\uff24\uff21 Lovelace-Byron", ["name"]),
        ("請找王小明先生", ["name"]),
        ("al", ["name"]),
        ("+1 (212) 555-0123", ["phone"]),
        ("212.555.0123", ["phone"]),
        ("0012125550123 and 2125550123", ["phone", "phone"]),
        ("٢١٢٥٥٥٠١٢٣", ["phone"]),
        ("licence ny 882 441", ["license"]),
        ("x.ada@example.com", []),
        ("ada@example.com.au", []),
        ("ada@example.community", []),
        ("Ada Lovelace-Byrons", []),
        ("Ada", []),
        ("also", []),
        ("555-0123", []),
        ("", []),
    ],
)
def test_how_people_write(text: str, kinds: list[str]) -> None:
    assert [span.kind for span in ADA.find(text)] == kinds


def test_redacting_leaves_the_rest() -> None:
    text = "Call Ada Lovelace-Byron (+1 212 555 0123, ada@example.com) at nine"
    assert ADA.redact(text) == f"Call {FORGOTTEN} ({FORGOTTEN}, {FORGOTTEN}) at nine"
    assert ADA.redact("Nobody we know") == "Nobody we know"


def test_a_fingerprint_is_of_its_salt_and_our_key(settings: object) -> None:
    values = [(Kind.PHONE, "+12125550123")]
    one, other = (Marks.of(values, salt=secrets.token_bytes(8)) for _ in range(2))
    assert not {mark.mac for mark in one.all} & {mark.mac for mark in other.all}
    assert Marks(other.salt, one.all).find("+12125550123") == []


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip)


@given(name=NAMES, before=WORDS, after=WORDS)
def test_any_name_is_found_as_it_is_and_between_words(name: str, before: str, after: str) -> None:
    marks = Marks.of([(Kind.NAME, name)], salt=b"s")
    assert marks.find(name.strip()), "alone"
    assert marks.find(f"{name.strip().upper()}") or fold(name.strip().upper())[0] != fold(name.strip())[0]
    if not marks.all[0].whole:
        text = f"{before} {name.strip()} {after}"
        assert marks.find(text)
        assert not marks.find(marks.redact(text)) or FORGOTTEN in name


@given(text=WORDS)
def test_folding_knows_where_it_was(text: str) -> None:
    folded, places = fold(text)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert fold(folded)[0] == folded
