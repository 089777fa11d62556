"""The sockets of telemetry."""

from django.urls import path

from telemetry.devices.consumer import DeviceConsumer

websocket_urlpatterns = [path("ws/telemetry/", DeviceConsumer.as_asgi())]
