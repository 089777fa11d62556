"""What a table of the code must look like in DynamoDB."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from atlas.dynamo.provision.state import Index, KeyPart, Keys, TableState, Throughput
from atlas.dynamo.table import Table


def desired(table: type[Table]) -> TableState:
    """The wanted state, from the table's declaration, its `Meta` and the settings."""
    schema: Any = table._get_schema()
    types = {each["AttributeName"]: each["AttributeType"] for each in schema["attribute_definitions"]}
    ttl = table.ttl_attribute()
    return TableState(
        name=table.Meta.table_name,
        keys=_keys(schema["key_schema"], types),
        indexes={index.name: index for index in _indexes(schema, types)},
        ttl=ttl.attr_name if ttl else None,
        recovery=True,
        protected=settings.DYNAMODB_DELETION_PROTECTION,
        encryption_key=_encryption_key() if table.Meta.personal else None,
        tags={
            "app": "atlas",
            "env": settings.ATLAS_ENV,
            "table": table.Meta.name,
            "schemaVersion": table.Meta.version,
        },
        throughput=_throughput(table),
    )


def _indexes(schema: Mapping[str, Any], types: Mapping[str, str]) -> Iterable[Index]:
    for local, kind in ((False, "global_secondary_indexes"), (True, "local_secondary_indexes")):
        for each in schema[kind]:
            projection = each["projection"]
            yield Index(
                name=each["index_name"],
                keys=_keys(each["key_schema"], types),
                projection=projection["ProjectionType"],
                included=frozenset(projection.get("NonKeyAttributes", ())),
                local=local,
            )


def _keys(key_schema: Iterable[Mapping[str, str]], types: Mapping[str, str]) -> Keys:
    ordered = sorted(key_schema, key=lambda each: each["KeyType"])  # HASH before RANGE
    return tuple(KeyPart(each["AttributeName"], types[each["AttributeName"]]) for each in ordered)


def _throughput(table: type[Table]) -> Throughput | None:
    match settings.DYNAMODB_CAPACITY:
        case "on-demand":
            return None
        case "provisioned":
            capacity = table.Meta.capacity
            return Throughput(read=capacity.read, write=capacity.write)
        case other:
            raise ImproperlyConfigured(f"DYNAMODB_CAPACITY must be on-demand or provisioned, not {other!r}.")


def _encryption_key() -> str | None:
    """DynamoDB answers with the key's ARN, so an alias could never be compared with it."""
    key: str = settings.DYNAMODB_KMS_KEY
    if "alias/" in key:
        raise ImproperlyConfigured("DYNAMODB_KMS_KEY must be a key's id or ARN: an alias may point elsewhere tomorrow.")
    return key or None
