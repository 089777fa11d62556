"""Addresses and forms of the back office of bookings."""

from typing import Any

from django.test import Client

from bookings.tables import Booking
from tests.facade.admin.pages import told

LIST = "/admin/bookings/booking/"


def page_of(booking: Booking) -> str:
    return f"{LIST}{booking.id}/change/"


def act(client: Client, name: str, *bookings: Booking, **form: Any) -> list[str]:
    """Tick the bookings, choose the action, answer what it asks; what was told."""
    chosen = {"action": name, "index": "0", "_selected_action": [each.id for each in bookings], "confirmed": "1"}
    client.cookies.pop("messages", None)  # nobody has looked at those of before
    response = client.post(LIST, {**chosen, **form})
    assert response.status_code == 302, response.content.decode()
    return told(response)


def buttons(client: Client, booking: Booking) -> set[str]:
    """The actions on the booking's page."""
    page = client.get(page_of(booking))
    return {each["action"].name for each in page.context["object_actions"]}
