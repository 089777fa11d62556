"""What a hold may be on."""

from enum import StrEnum


class HoldKind(StrEnum):
    BOOKING = "BOOKING"
    PERSON = "PERSON"
    PROFILE = "PROFILE"
    """Of a person who is held: their company or driver's profile, by which rides name them."""
