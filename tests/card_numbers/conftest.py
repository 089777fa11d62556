"""A Square, and a bucket for what is archived."""

from tests.object_store import object_process, objects
from tests.sandbox import sandbox, square_process

__all__ = ["object_process", "objects", "sandbox", "square_process"]
