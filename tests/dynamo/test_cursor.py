"""Pages of a query add up to the whole list, and only our own cursors are taken."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlas.dynamo import cursor
from atlas.dynamo.cursor import Page, decode, encode, read_page, scope
from atlas.dynamo.meter import measure
from atlas.errors import InvalidCursor
from tests.dynamo.samples import Note, new_id

ROWS = 23


@pytest.fixture(scope="module")
def owner() -> str:
    """Someone with `ROWS` notes; every fifth is marked."""
    name = new_id()
    with Note.batch_write() as batch:
        for position in range(ROWS):
            batch.save(Note(owner=name, position=position, text="marked" if position % 5 == 0 else ""))
    return name


def walk(owner: str, limit: int, **options: Any) -> list[Page[Note]]:
    pages: list[Page[Note]] = []
    position = None
    while True:
        page = read_page(Note.owner_index.query, owner, scope=scope(owner), cursor=position, limit=limit, **options)
        pages.append(page)
        position = page.next
        if position is None:
            return pages
        assert len(pages) <= 2 * ROWS + 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, ROWS + 5), forward=st.booleans(), filtered=st.booleans())
def test_the_pages_of_any_size_are_the_whole_list(owner: str, limit: int, forward: bool, filtered: bool) -> None:
    options = {"filter_condition": Note.text == "marked"} if filtered else {}

    pages = walk(owner, limit, scan_index_forward=forward, **options)

    expected = [position for position in range(ROWS) if not filtered or position % 5 == 0]
    found = [note.position for page in pages for note in page.items]
    assert found == (expected if forward else expected[::-1])
    assert all(len(page.items) <= limit for page in pages)


def test_a_page_without_a_filter_is_one_request_of_its_own_size(owner: str) -> None:
    with measure() as cost:
        page = read_page(Note.owner_index.query, owner, scope="s", cursor=None, limit=10)

    assert len(page.items) == 10
    assert cost.calls == 1
    assert cost.rcu == 0.5


def test_a_filter_that_finds_nothing_reads_no_further_than_its_bound(
    owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "READ_AHEAD_PAGES", 2)
    nothing = Note.text == "nowhere"

    with measure() as cost:
        page = read_page(Note.owner_index.query, owner, scope="s", cursor=None, limit=1, filter_condition=nothing)

    assert cost.calls == 2
    assert not page.items
    assert page.next is not None
    assert sum(len(each.items) for each in walk(owner, 1, filter_condition=nothing)) == 0


def test_a_table_can_be_paged_by_its_own_key() -> None:
    note = Note()
    note.save()

    page = read_page(Note.query, note.id, scope="s", cursor=None, limit=5)

    assert [each.id for each in page.items] == [note.id]
    assert page.next is None


def test_map_keeps_the_cursor() -> None:
    assert Page([1, 2], "next").map(str) == Page(["1", "2"], "next")


def test_a_cursor_comes_back_as_it_was() -> None:
    position = {"id": {"S": "x"}, "position": {"N": "3"}}

    assert decode(encode(position, "list"), "list") == position
    assert decode(None, "list") is None
    assert decode("", "list") is None


def forged(good: str) -> str:
    payload, _, signature = good.partition(":")
    return f"{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}:{signature}"


@pytest.mark.parametrize("spoil", [forged, str.lower, lambda good: good[:-1], lambda good: good + "x"])
def test_a_forged_cursor_is_refused(spoil: Any) -> None:
    good = encode({"id": {"S": "someone-ELSE"}}, "list")

    with pytest.raises(InvalidCursor):
        decode(spoil(good), "list")


def test_a_cursor_of_another_list_or_user_is_refused() -> None:
    good = encode({"id": {"S": "x"}}, scope("user-1", "bookings", None))

    for other in (scope("user-2", "bookings", None), scope("user-1", "quotes", None), scope("user-1", "bookings", "X")):
        with pytest.raises(InvalidCursor):
            decode(good, other)


def test_no_text_in_a_filter_makes_two_scopes_one() -> None:
    assert scope("a|b", "c") != scope("a", "b|c")
    assert scope("a%7Cb") != scope("a|b")
    assert scope("a", None) == scope("a", "")


def test_one_of_ours_signed_for_something_else_is_refused() -> None:
    from django.conf import settings as django_settings  # noqa: PLC0415 (hypothesis has the name here)
    from django.core import signing  # noqa: PLC0415

    with pytest.raises(InvalidCursor):
        decode(signing.dumps({"id": {"S": "x"}}, key=django_settings.TOKEN_KEY), "list")


def test_an_oversized_cursor_is_refused_unread() -> None:
    good = encode({"id": {"S": "".join(new_id() for _ in range(300))}}, "list")
    assert len(good) > cursor.MAX_LENGTH

    with pytest.raises(InvalidCursor):
        decode(good, "list")


@settings(max_examples=200)
@given(garbage=st.one_of(st.text(min_size=1), st.text("abc:.-_=", min_size=1)))
def test_garbage_is_refused(garbage: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(garbage, "list")


@pytest.mark.parametrize("garbage", ["\udc80", "\x00", "a:b:c", ":", "..:", "🚗:🚗:🚗"])
def test_strange_text_is_refused(garbage: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(garbage, "list")
