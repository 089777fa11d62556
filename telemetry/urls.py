"""Addresses of telemetry outside the API: its pages, and those of apps that know no headers."""

from django.urls import path

from telemetry.osmand.api import OsmAnd
from telemetry.state.views import fleet_map

urlpatterns = [
    path("fleet/", fleet_map, name="fleet_map"),
    path("osmand/<str:token>/", OsmAnd.as_view(), name="osmand"),
]
