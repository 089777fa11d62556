"""Instants whose text order is their time order, and documents that are values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.dynamo.attributes import InstantAttribute, instant_text
from tests.dynamo.samples import Note, Place

instants = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 (the zone is added)
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(instants, instants)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (instant_text(one) < instant_text(other)) == (one < other)
    assert (instant_text(one) == instant_text(other)) == (one == other)


@given(instants)
def test_an_instant_comes_back_the_same_in_utc(value: datetime) -> None:
    attribute = InstantAttribute()

    text = attribute.serialize(value)

    assert len(text) == len("2026-12-24T23:30:00.000000Z")
    assert attribute.deserialize(text) == value
    assert attribute.deserialize(text).utcoffset() == timedelta(0)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        instant_text(datetime(2026, 12, 24))  # noqa: DTZ001 (that is the point)
    with pytest.raises(ValueError, match="naive"):
        Note(seen_at=datetime(2026, 12, 24)).save()  # noqa: DTZ001


def test_an_instant_is_stored_and_read() -> None:
    note = Note(seen_at=datetime(2026, 12, 24, 18, 30, tzinfo=timezone(timedelta(hours=-5))))
    note.save()

    assert note.serialize()["seenAt"] == {"S": "2026-12-24T23:30:00.000000Z"}
    assert Note.fetch(note.id).seen_at == datetime(2026, 12, 24, 23, 30, tzinfo=UTC)


def test_documents_are_equal_by_value() -> None:
    assert Place(lat=1.0, lng=2.0) == Place(lat=1.0, lng=2.0)
    assert not (Place(lat=1.0, lng=2.0) != Place(lat=1.0, lng=2.0))  # noqa: SIM202 (`!=` is what is tested)
    assert Place(lat=1.0, lng=2.0) != Place(lat=1.0, lng=3.0)
    assert Place(lat=1.0, lng=2.0) != {"lat": 1.0, "lng": 2.0}
    assert Place(lat=1.0, lng=2.0) != None  # noqa: E711


def test_an_absent_member_and_none_are_the_same() -> None:
    assert Place(lat=1.0, lng=2.0, label=None) == Place(lat=1.0, lng=2.0)


def test_a_document_from_the_store_equals_the_one_that_was_saved() -> None:
    note = Note(place=Place(lat=40.758, lng=-73.9855, label=None))
    note.save()

    assert Note.fetch(note.id).place == note.place


def test_a_declaration_still_makes_conditions() -> None:
    assert "place" in str(Note.place.lat == 1.0)
    assert "place" in str(Note.place == Place(lat=1.0, lng=2.0))
    assert "<>" in str(Note.place != Place(lat=1.0, lng=2.0))


def test_unknown_members_are_refused() -> None:
    with pytest.raises(ValueError, match="altitude"):
        Place(lat=1.0, lng=2.0, altitude=3.0)
    with pytest.raises(ValueError, match="colour"):
        Note(colour="red")


def test_a_document_without_its_required_members_is_not_saved() -> None:
    with pytest.raises(ValueError, match="lng"):
        Note(place=Place(lat=1.0)).save()
