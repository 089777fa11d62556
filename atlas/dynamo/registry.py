"""Every table of Atlas, found by importing each app's `tables` module."""

from django.utils.module_loading import autodiscover_modules

from atlas.dynamo.table import Table, registry


def tables() -> tuple[type[Table], ...]:
    """All tables by logical name."""
    autodiscover_modules("tables")
    return tuple(registry[name] for name in sorted(registry))
