"""The API of telemetry, under `/api/v1/`."""

from django.urls import path

from telemetry import api

urlpatterns = [
    path("vehicles/<uuid:vehicle_id>/vin", api.VehicleVin.as_view()),
    path("vin-mapping/resolve", api.ResolveVin.as_view()),
]
