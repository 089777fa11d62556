"""Writing a facade: one PutItem for a new item, one UpdateItem of what changed under the version that was read."""

from typing import Any

from pynamodb.exceptions import DeleteError, PutError, UpdateError

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import Lost, transact
from atlas.facade.conflict import AlreadyThere, DeletedMeanwhile, EditConflict, changes_between
from atlas.facade.errors import Refused
from atlas.facade.fields import STAMPS, typed

LOST_CODE = "ConditionalCheckFailedException"


def current(facade: Any) -> Table | None:
    """What is stored under its key this instant."""
    keys = facade.item.key if facade.item is not None else facade.keys_of(facade.pk)
    found: Table | None = facade.table.find(*keys, consistent=True) if keys else None
    return found


def create(facade: Any) -> None:
    """Raises `AlreadyThere` when the key is taken."""
    attributes = facade.table.get_attributes()
    if facade.pk is None:
        facade.pk = facade._meta.pk.get_pk_value_on_save(facade)
    values = {
        name: typed(attributes[name], getattr(facade, field))
        for name, field in facade.field_names.items()
        if name not in STAMPS
    }
    item = facade.table(**{name: value for name, value in values.items() if value is not None})
    try:
        if _is_told(facade):
            with transact() as tx:
                tx.create(item)
        else:
            item.save(attributes[str(facade.table._hash_keyname)].does_not_exist())
    except (PutError, Lost) as error:
        if isinstance(error, PutError) and error.cause_response_code != LOST_CODE:
            raise
        raise AlreadyThere(_name(facade, item), LOST_CODE) from error
    _take_stamps(facade, item)
    if len(item.key) > 1:
        facade.pk = facade.key_of(item)


def update(facade: Any, only: set[str] | None) -> None:
    """One UpdateItem of the changed attributes; none when nothing changed. Raises `EditConflict`."""
    changed: dict[str, Any] = {}
    attributes = facade.table.get_attributes()
    for name, field in facade.field_names.items():
        attribute = attributes[name]
        if name in STAMPS or (only is not None and field not in only and field.removesuffix("_id") not in only):
            continue
        value = typed(attribute, getattr(facade, field))
        if value == getattr(facade.item, name):
            continue
        if attribute.is_hash_key or attribute.is_range_key:
            raise Refused(f"{facade._meta.label}: {field} is part of the key, which never changes.")
        changed[name] = value
    if not changed:
        return
    try:
        _take_stamps(facade, _update_told(facade, changed) if _is_told(facade) else _update(facade, changed))
    except (UpdateError, Lost) as error:
        if isinstance(error, UpdateError) and error.cause_response_code != LOST_CODE:
            raise
        raise conflict(facade) from error


def _update(facade: Any, changed: dict[str, Any]) -> Table:
    attributes = facade.table.get_attributes()
    actions = [
        attributes[name].remove() if value is None else attributes[name].set(value) for name, value in changed.items()
    ]
    facade.item.update([*actions, facade.table.updated_at.set(utc_now())])
    item: Table = facade.item
    return item


def _update_told(facade: Any, changed: dict[str, Any]) -> Table:
    """In one transaction with what is told of the change (`Meta.trail`). Lost, the item is what it was."""
    item: Table = facade.table.from_raw_data(dict(facade.item.stored))
    for name, value in changed.items():
        setattr(item, name, value)
    with transact() as tx:
        tx.save(item)
    return item


def _is_told(facade: Any) -> bool:
    return facade.table.Meta.trail is not None


def delete(facade: Any) -> None:
    """Under the version that was read. Raises `EditConflict`."""
    try:
        if _is_told(facade):
            with transact() as tx:
                tx.delete(facade.item)
        else:
            facade.item.delete()
    except (DeleteError, Lost) as error:
        if isinstance(error, DeleteError) and error.cause_response_code != LOST_CODE:
            raise
        raise conflict(facade) from error


def conflict(facade: Any) -> EditConflict:
    """What happened to the item since it was read: one more GetItem, only when the race is lost."""
    item, name = current(facade), _name(facade, facade.item)
    if item is None:
        return DeletedMeanwhile(name, LOST_CODE, {}, None)
    yours = {field: getattr(facade, field) for field in facade.attribute_names}
    changes = changes_between(facade.values_of(facade.item), facade.values_of(item), yours)
    for stamp in STAMPS:
        changes.pop(stamp, None)
    return EditConflict(name, LOST_CODE, changes, type(facade).from_item(item))


def _take_stamps(facade: Any, item: Table) -> None:
    facade.item = item
    for name in STAMPS:
        setattr(facade, facade.field_names[name], getattr(item, name))


def _name(facade: Any, item: Table) -> str:
    return f"{facade.table.Meta.name} {'/'.join(map(str, item.key))}"
