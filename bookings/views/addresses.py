"""Where pages lead back to."""

from uuid import UUID

from django.urls import reverse


def to_booking(booking_id: UUID | str, **_: object) -> str:
    """The page of the booking that something was done to."""
    return reverse("bookings:detail", kwargs={"booking_id": booking_id})


def to_jobs(**_: object) -> str:
    return reverse("bookings:jobs")
