"""The back office of the marketplace: bookings with all that hangs on them. Every change is a service's."""

from bookings.admin import bookings, records

__all__ = ["bookings", "records"]
