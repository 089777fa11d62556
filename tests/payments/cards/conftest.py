"""Cards at a real sandbox."""

from tests.sandbox import sandbox, square_process

__all__ = ["sandbox", "square_process"]
