"""HTTP and WebSocket in one process. One of the four files that may import upward."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

from atlas.middleware.body_limit import BodyLimit

http = BodyLimit(get_asgi_application(), settings.BODY_LIMIT_BYTES)  # first: what follows needs the apps

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.urls import re_path

import bookings.routing
import telemetry.routing
from atlas.live.nowhere import NowhereConsumer
from telemetry.osmand.listener import TrackerPort

sockets = URLRouter(
    [
        *bookings.routing.websocket_urlpatterns,
        *telemetry.routing.websocket_urlpatterns,
        re_path("", NowhereConsumer.as_asgi()),
    ]
)
application = ProtocolTypeRouter({"http": http, "websocket": CookieMiddleware(sockets)})
trackers = TrackerPort(http)
"""For a port of its own, where one is wanted: `OSMAND_PORT`."""
