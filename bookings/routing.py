"""The sockets of Atlas."""

from django.urls import path

from bookings.consumers import BookingConsumer, DriverConsumer, FleetConsumer, InboxConsumer

websocket_urlpatterns = [
    path("ws/bookings/<uuid:booking_id>/", BookingConsumer.as_asgi()),
    path("ws/driver/", DriverConsumer.as_asgi()),
    path("ws/fleet/", FleetConsumer.as_asgi()),
    path("ws/inbox/", InboxConsumer.as_asgi()),
]
