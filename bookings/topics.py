"""The names of what can be watched live."""


def booking_topic(booking_id: str) -> str:
    """A booking: its state, its quotes, and while it is driven its car."""
    return f"booking:{booking_id}"


def operator_topic(operator_id: str) -> str:
    """An operator's bookings, alerts and cars."""
    return f"operator:{operator_id}"


def driver_topic(driver_id: str) -> str:
    """A driver's jobs; also the subject of their last position."""
    return f"driver:{driver_id}"


def inbox_topic(user_id: str) -> str:
    """What concerns one user."""
    return f"inbox:{user_id}"


REQUESTS = "requests"
"""Requests that open and close: every active operator listens."""
