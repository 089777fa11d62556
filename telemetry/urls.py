"""Addresses of telemetry outside the API: its pages, and those of apps that know no headers."""

from django.urls import include, path

from telemetry.dashcam.views import clip_file
from telemetry.osmand.api import OsmAnd
from telemetry.portal import views
from telemetry.portal.fleet_map import fleet_map

pages = [
    path("fleet/vehicles/", views.vehicles, name="vehicles"),
    path("fleet/vehicles/<str:pvin>/", views.vehicle, name="vehicle"),
    path("fleet/vehicles/<str:pvin>/command/", views.command, name="command"),
]

urlpatterns = [
    path("fleet/", fleet_map, name="fleet_map"),
    path("clips/<str:token>/", clip_file, name="clip_file"),
    path("osmand/<str:token>/", OsmAnd.as_view(), name="osmand"),
    path("", include((pages, "telemetry"))),
]
