"""One stored item of every table, so that each page of the back office has something to show.

A table of which the story of one request leaves nothing gets an item made up from its attributes: the pages must bear
whatever is stored.
"""

from datetime import timedelta
from enum import Enum
from functools import cache
from typing import Any
from uuid import uuid4

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute
from pynamodb_attributes import UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute, utc_now
from atlas.dynamo.table import Table
from tests.backoffice.pages import tables
from tests.bookings.stage import make_cast, quoted, requested
from tests.factories import PASSWORD


@cache
def story() -> None:
    """A request with a quote, and all who have to do with it, as the services make them."""
    cast = make_cast(PASSWORD)
    quoted(cast, requested(cast))


def stored_keys() -> dict[str, str]:
    """Label -> the key of an item that is there."""
    return {label: key_of(each.model) for label, each in tables().items()}


def key_of(model: Any) -> str:
    story()
    found = next(iter(model.table.scan(limit=1)), None)
    item = found or made_up(model.table)
    return str(model.from_item(item).pk)


def made_up(table: type[Table]) -> Table:
    """With a value for every attribute that needs one."""
    needed = {
        name: value_of(attribute)
        for name, attribute in table.get_attributes().items()
        if not attribute.null and attribute.default is None and attribute.default_for_new is None and name != "version"
    }
    item = table(**needed)
    item.save()
    return item


def value_of(attribute: Any) -> Any:  # noqa: PLR0911 (a table of kinds)
    if isinstance(attribute, UnicodeEnumAttribute):
        kind: type[Enum] = attribute.enum_type
        return next(iter(kind))
    match attribute:
        case InstantAttribute():
            return utc_now()
        case BooleanAttribute():
            return True
        case ListAttribute() | JSONAttribute():
            return []
        case MapAttribute():
            parts = type(attribute).get_attributes()
            return type(attribute)(**{name: value_of(part) for name, part in parts.items() if not part.null})
        case BinaryAttribute():
            return b"x"
    if attribute.attr_type == "N":
        later = utc_now().replace(microsecond=0) + timedelta(days=1)
        return later if type(attribute).__name__ == "TTLAttribute" else 1
    return str(uuid4())
