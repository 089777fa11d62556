"""What can be told of."""

from enum import StrEnum


class Deed(StrEnum):
    READ = "READ"
    CREATED = "CREATED"
    CHANGED = "CHANGED"
    DELETED = "DELETED"
    SIGN_IN = "SIGN_IN"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    LOCKED_OUT = "LOCKED_OUT"
    SIGN_OUT = "SIGN_OUT"
    EXPORT = "EXPORT"
    VIN_RESOLVED = "VIN_RESOLVED"
    ACTION = "ACTION"
    """A deed of staff that has no change of an item of its own: a job started, a notice sent again."""
    ERASED = "ERASED"
    """The person was forgotten: personal values of older entries may be gone since."""
