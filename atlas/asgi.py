"""HTTP and WebSocket in one process. One of the four files that may import upward."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()  # before anything that needs the apps

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware

from bookings.routing import websocket_urlpatterns

application = ProtocolTypeRouter({"http": http, "websocket": CookieMiddleware(URLRouter(websocket_urlpatterns))})
