"""Addresses of telemetry outside the API: of apps that know no headers."""

from django.urls import path

from telemetry.osmand.api import OsmAnd

urlpatterns = [path("osmand/<str:token>/", OsmAnd.as_view(), name="osmand")]
