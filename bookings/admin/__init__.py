"""The back office of the marketplace: bookings with all that hangs on them. Every change is a service's."""

from bookings.admin import archive, bookings, records

__all__ = ["archive", "bookings", "records"]
