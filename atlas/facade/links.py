"""Links between items: foreign keys by name only. Nothing joins, nothing cascades; a link is followed by a get.

    class Quote(Facade, table=tables.Quote, links={"booking_id": "bookings.Booking"}): ...

`quote.booking_id` is the attribute, `quote.booking` reads the other item, `booking.quote_set.all()` queries the index
whose hash key the attribute is. Where there is no such index there is no `quote_set` either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from atlas.dynamo.many import get_many
from atlas.dynamo.table import Table
from atlas.facade.errors import Refused
from atlas.facade.planning.ways import served_by_index

SUFFIX = "_id"


@dataclass(frozen=True, slots=True)
class Link:
    """To another facade, `app.Model`. `related_name` is that of the way back."""

    to: str
    related_name: str | None = None


def link_field(table: type[Table], name: str, link: Link | str, options: dict[str, Any]) -> Any:
    """The field of the link that attribute `name` is."""
    if isinstance(link, str):
        link = Link(link)
    back = link.related_name if served_by_index(table, name) else "+"
    options = {key: value for key, value in options.items() if key not in ("choices", "max_length")}
    kind: Any = models.OneToOneField if options.get("primary_key") else models.ForeignKey
    options = options if options.get("primary_key") else {**options, "db_index": False}
    return kind(
        link.to,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name=back,
        **options,
    )


def follow(instances: Sequence[Any], names: Sequence[str]) -> None:
    """Fill in the linked items of all instances with one BatchGetItem, whatever tables they are in."""
    if not instances or not names:
        return
    wanted: dict[tuple[Any, Any], Any] = {}
    fields = [instances[0]._meta.get_field(name) for name in names]
    for field in fields:
        if not field.is_relation or not hasattr(field.related_model, "table"):
            raise Refused(f"{instances[0]._meta.label}: select_related({field.name!r}) names no link to a facade.")
    for instance in instances:
        for field in fields:
            key = getattr(instance, field.attname)
            if not field.is_cached(instance) and (keys := field.related_model.keys_of(key)) is not None:
                wanted[field.related_model, key] = (field.related_model.table, keys if len(keys) > 1 else keys[0])
    found = dict(zip(wanted, get_many(*wanted.values()), strict=True)) if wanted else {}
    for instance in instances:
        for field in fields:
            if item := found.get((field.related_model, getattr(instance, field.attname))):
                field.set_cached_value(instance, field.related_model.from_item(item))
