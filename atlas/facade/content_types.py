"""Content types without their table: every model has one in the cache from the start, under a fixed number.

`ContentType.objects` keeps what it once read; filled here, it never reads. The number follows from the model's name
alone, so that a link with one in it (`/admin/r/<content type>/<id>/`) is good in every process.
"""

from typing import Any
from zlib import crc32

from django.apps import apps


def fill() -> None:
    """Call it when all models are there (`AppConfig.ready`)."""
    from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415 (models are not loaded before)

    manager: Any = ContentType.objects
    numbers: dict[int, str] = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        number = crc32(label.encode()) & 0x7FFFFFFF
        if numbers.setdefault(number, label) != label:
            raise RuntimeError(f"{label} and {numbers[number]} have one content type number: rename one.")
        manager._add_to_cache(
            manager.db, ContentType(id=number, app_label=model._meta.app_label, model=str(model._meta.model_name))
        )
