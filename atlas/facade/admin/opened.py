"""Which version of an item a form was opened on, and what it looked like then: posted with the form, signed.

Only so can two editors be told apart: a version condition alone covers no more than one request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.core import signing

OPENED_FIELD = "opened_version"
"""Name of the form's hidden field."""
LARGEST = 60_000
"""Characters of a token; one that would be longer carries the version alone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """`wire` holds attributes in DynamoDB's own form: what comes back is of the same types."""

    version: int
    wire: dict[str, Any]

    @classmethod
    def of(cls, instance: Any, names: Iterable[str]) -> Self:
        """The stored item, as far as the page edits or shows it (`names` of fields)."""
        columns = {field.name: field.column for field in instance._meta.concrete_fields}
        shown = {columns[name] for name in names if name in columns}  # a form may have fields of its own
        stored = instance.item.serialize()
        wire = {name: value for name, value in stored.items() if name in shown or name == "schemaVersion"}
        return cls(instance.item.version, wire)

    def signed(self, model: type[Any]) -> str:
        token = signing.dumps([self.version, self.wire], salt=_salt(model), compress=True)
        return token if len(token) <= LARGEST else signing.dumps([self.version, {}], salt=_salt(model))

    @classmethod
    def read(cls, token: str, model: type[Any]) -> Self:
        """Raises `signing.BadSignature` for what we did not write."""
        version, wire = signing.loads(token, salt=_salt(model))
        return cls(version, wire)

    def base(self, model: type[Any]) -> Any:
        """The item as it was opened; None where the token was too small for it."""
        if not self.wire:
            return None
        return model.from_item(model.table.from_raw_data(self.wire))


def _salt(model: type[Any]) -> str:
    return f"atlas.facade.admin.opened:{model._meta.label_lower}"
