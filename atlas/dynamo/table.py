"""The base of every table of Atlas: what each item carries, and how an old one is read.

    class Booking(Table):
        class Meta(Schema):
            name = "bookings"
            version = "1.1.0"
            upgrades = {"1.0.0": Upgrade("1.1.0", add_payment_status)}

Each item has `schemaVersion`, `createdAt`, `updatedAt` and an optimistic `version`. An item written under an older
schema is upgraded in memory when it is read and written back at its next save; nothing is migrated in bulk for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from django.conf import settings
from pynamodb.attributes import Attribute, TTLAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import DoesNotExist
from pynamodb.models import Model

from atlas.dynamo.attributes import InstantAttribute, instant_text, utc_now
from atlas.dynamo.connection import connection
from atlas.dynamo.reading import LeanReading
from atlas.dynamo.shown import Shown
from atlas.errors import Conflict, NotFound
from atlas.trail import Trail, Wire

if TYPE_CHECKING:
    from atlas.dynamo.transaction import Transaction

type_deserializer, type_serializer = TypeDeserializer(), TypeSerializer()


TEN_YEARS = timedelta(days=3653)
"""As long as the books of a company are kept, leap days included."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One step of a table's history: from the version it is filed under to version `to`.

    `change` gets the item as plain Python values under its DynamoDB names (numbers as Decimal) and returns the new one.
    """

    to: str
    change: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Provisioned figures, units per second, where the table is not on demand; auto-scaling stays below them."""

    write: int = 5
    read: int = 10


class Schema:
    """What a table says of itself: read by PynamoDB, by `manage.py tables` and by `docs/data-model.md`."""

    name: ClassVar[str]
    """Logical name; the physical one is `TABLE_PREFIX` + name."""
    version: ClassVar[str] = "1.0.0"
    upgrades: ClassVar[Mapping[str, Upgrade]] = {}
    capacity: ClassVar[Capacity] = Capacity()
    retention: ClassVar[str] = "kept"
    """In words, for people; what DynamoDB deletes by itself is the table's TTL attribute."""
    shown: ClassVar[Shown | None] = None
    """What of its items the cache may keep for a while, to be shown."""
    kept_for: ClassVar[timedelta | None] = None
    """By law: no item is deleted before it is so old, by whatever code."""
    personal: ClassVar[bool] = False
    """Holds data about a person: encrypted with a key of its own, named in privacy exports."""
    trail: ClassVar[Trail | None] = None
    """How its changes are told in the access log; None: they are not."""
    table_name: str


registry: dict[str, type["Table"]] = {}


class KeptByLaw(Conflict):
    code = "kept_by_law"
    message = "The law has this kept: it cannot be deleted before its time."


class ShownOnly(RuntimeError):
    """An item out of the cache is to be looked at: it is neither whole nor surely as it is now."""


class NewerSchemaError(RuntimeError):
    """A newer Atlas wrote this item: reading it is safe, saving would drop what this one does not know."""


class Table(LeanReading, Model):
    """An item type. `id`-like keys, attributes and indexes are declared by the subclass in PynamoDB's own words."""

    schema_version = UnicodeAttribute(attr_name="schemaVersion", default_for_new=lambda: "")
    created_at = InstantAttribute(attr_name="createdAt", default_for_new=utc_now)
    updated_at = InstantAttribute(attr_name="updatedAt", default_for_new=utc_now)
    version = VersionAttribute()

    Meta: Any
    DoesNotExist: type[DoesNotExist]
    stored: Wire | None = None
    """The item as it is in DynamoDB, as far as this process knows: what a change is told against (`Meta.trail`)."""

    is_shown = False
    """It comes from the cache: a part of the item, for pages."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "Meta" in cls.__dict__:
            cls.Meta.table_name = settings.TABLE_PREFIX + cls.Meta.name
            registry[cls.Meta.name] = cls

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """PynamoDB's hook for a table's connection: every table shares the process's one client."""
        if cls._connection is None:
            table = super()._get_connection()
            shared = connection()
            if cls.Meta.table_name not in shared._tables:
                shared.add_meta_table(MetaTable(table.get_meta_table().data))
            table.connection = shared
        return cls._connection  # type: ignore[return-value]

    @classmethod
    def hash_key_attribute(cls) -> Attribute[Any]:
        return cls._hash_key_attribute()  # type: ignore[no-untyped-call, no-any-return]

    @classmethod
    def range_key_attribute(cls) -> Attribute[Any] | None:
        return cls._range_key_attribute()  # type: ignore[no-untyped-call, no-any-return]

    @classmethod
    def ttl_attribute(cls) -> TTLAttribute | None:
        """The attribute after whose time DynamoDB deletes an item, where the table has one."""
        return cls._ttl_attribute()  # type: ignore[no-untyped-call, no-any-return]

    # Reading

    @classmethod
    def find(cls, hash_key: Any, range_key: Any = None, *, consistent: bool = False) -> Self | None:
        """The item, or None. One GetItem."""
        try:
            return cls.get(hash_key, range_key, consistent_read=consistent)
        except DoesNotExist:
            return None

    @classmethod
    def fetch(cls, hash_key: Any, range_key: Any = None) -> Self:
        """The item as it is this instant (strongly consistent), for a decision. Raises `NotFound`."""
        found = cls.find(hash_key, range_key, consistent=True)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Build from DynamoDB's wire form, upgraded to today's schema."""
        stored = data.get("schemaVersion", {}).get("S", "")
        if stored != cls.Meta.version and stored in cls.Meta.upgrades:
            data = cls._upgraded(data, stored)
        item = super().from_raw_data(data)
        if cls.Meta.trail is not None:
            item.stored = data
        return item

    @classmethod
    def _upgraded(cls, data: dict[str, Any], stored: str) -> dict[str, Any]:
        item = {name: type_deserializer.deserialize(value) for name, value in data.items()}
        while step := cls.Meta.upgrades.get(stored):
            item = step.change(item)
            stored = item["schemaVersion"] = step.to
        return {name: type_serializer.serialize(value) for name, value in item.items()}

    # Writing

    def accompany(self, tx: "Transaction") -> None:
        """Add to `tx`, which is about to put this item, what must never be written without it, whoever writes it.

        Called before the item is serialised, so it may still change; `stored` is what it was.
        """

    def _get_save_args(self, *args: Any, **kwargs: Any) -> Any:
        """Every put passes here: stamp the schema and the time of the change."""
        if self.is_shown:
            raise ShownOnly(f"{self.Meta.name} {self.key}: read it before you change it.")
        if self.schema_version and version_tuple(self.schema_version) > version_tuple(self.Meta.version):
            raise NewerSchemaError(
                f"{self.Meta.name} {self.key} is of schema {self.schema_version}; this Atlas knows {self.Meta.version}."
            )
        self.schema_version = self.Meta.version
        self._stamp()
        return super()._get_save_args(*args, **kwargs)

    def save(self, *args: Any, **options: Any) -> Any:
        answer = super().save(*args, **options)
        self._tell_cache(self.serialize())
        return answer

    def delete(self, *args: Any, **options: Any) -> Any:
        self._check_may_go()
        answer = super().delete(*args, **options)
        self._tell_cache(None)
        return answer

    def _tell_cache(self, wire: Wire | None) -> None:
        """What the cache has of it is this now; None: it is gone."""
        if self.Meta.shown is None:
            return
        from atlas import cached  # noqa: PLC0415 (it reads tables)

        if wire is None:
            cached.removed(type(self), str(self.key[0]))
        else:
            cached.wrote(type(self), wire)

    def get_delete_kwargs_from_instance(self, *args: Any, **options: Any) -> dict[str, Any]:
        self._check_may_go()
        return super().get_delete_kwargs_from_instance(*args, **options)

    def _check_may_go(self) -> None:
        """Raises `KeptByLaw`. Every way of deleting one item passes here; the rights of the processes at AWS say the
        same (`manage.py tables cloudformation`).
        """
        kept_for = getattr(self.Meta, "kept_for", None)
        if kept_for is None:
            return
        since = self.created_at or utc_now()  # what has no time of its own, as sums have none, is as young as can be
        if utc_now() < since + kept_for:
            raise KeptByLaw(details={"until": instant_text(since + kept_for)})

    def _stamp(self) -> None:
        """Set the time of the change; a table whose `updatedAt` means something else has its own."""
        self.updated_at = max(utc_now(), self.created_at)

    @property
    def key(self) -> tuple[Any, ...]:
        """Hash key, and range key where the table has one."""
        names = (type(self)._hash_keyname, type(self)._range_keyname)
        return tuple(getattr(self, name) for name in names if name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'/'.join(map(str, self.key))} v{self.version}>"


def version_tuple(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def expiry(after: datetime, life: timedelta) -> datetime:
    """The TTL of an item: DynamoDB deletes it some time after this, so readers check for themselves too."""
    return after + life
