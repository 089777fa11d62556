"""The API of telemetry, under `/api/v1/`."""

from django.urls import path

from telemetry import api
from telemetry.alerts import api as alerts
from telemetry.commands import api as commands
from telemetry.dashcam import api as dashcam
from telemetry.devices import api as devices
from telemetry.geofences import api as geofences
from telemetry.reports import api as reports
from telemetry.state import api as state
from telemetry.trips import api as trips
from telemetry.watching import api as watching

urlpatterns = [
    path("fleet/commands", commands.SentCommands.as_view()),
    path("fleet/dashcam", dashcam.Clips.as_view()),
    path("fleet/dashcam/uploads", dashcam.Uploads.as_view()),
    path("fleet/dashcam/<uuid:clip_id>", dashcam.OneClip.as_view()),
    path("fleet/dashcam/<uuid:clip_id>/complete", dashcam.CompleteClip.as_view()),
    path("fleet/devices", devices.Devices.as_view()),
    path("fleet/devices/<uuid:device_id>", devices.OneDevice.as_view()),
    path("fleet/state", state.FleetState.as_view(), name="api-fleet-state"),
    path("fleet/alerts", alerts.Alerts.as_view()),
    path("fleet/alerts/<uuid:alert_id>", alerts.OneAlert.as_view()),
    path("fleet/alerts/<uuid:alert_id>/ack", alerts.AcknowledgeAlert.as_view()),
    path("fleet/alerts/<uuid:alert_id>/resolve", alerts.ResolveAlert.as_view()),
    path("fleet/vehicles/<str:pvin>/events", alerts.VehicleEvents.as_view()),
    path("fleet/limits", watching.FleetLimits.as_view()),
    path("fleet/geofences", geofences.Geofences.as_view()),
    path("fleet/geofences/import", geofences.ImportGeofences.as_view()),
    path("fleet/geofences/<uuid:geofence_id>", geofences.OneGeofence.as_view()),
    path("fleet/geofences/<uuid:geofence_id>/vehicles", geofences.GeofenceVehicles.as_view()),
    path("fleet/heat", trips.FleetHeat.as_view()),
    path("fleet/reports", reports.Reports.as_view()),
    path("fleet/reports/<uuid:report_id>", reports.OneReport.as_view()),
    path("fleet/report-schedules", reports.Schedules.as_view()),
    path("fleet/report-schedules/<uuid:schedule_id>", reports.OneSchedule.as_view()),
    path("fleet/tesla-account", commands.TeslaAccount.as_view()),
    path("fleet/trips", trips.Trips.as_view()),
    path("fleet/trips/<str:trip_id>", trips.OneTrip.as_view()),
    path("fleet/trips/<str:trip_id>/breadcrumbs", trips.TripBreadcrumbs.as_view()),
    path("fleet/trips/<str:trip_id>/export", trips.TripExport.as_view()),
    path("fleet/vehicles/<str:pvin>/state", state.OneState.as_view()),
    path("fleet/vehicles/<str:pvin>/hand-over", api.HandOver.as_view()),
    path("fleet/vehicles/<str:pvin>/commands", commands.Commands.as_view()),
    path("fleet/vehicles/<str:pvin>/commands/<uuid:command_id>", commands.OneCommand.as_view()),
    path("telemetry/positions", devices.Positions.as_view()),
    path("telemetry/tesla", devices.TeslaRecords.as_view()),
    path("vehicles/<uuid:vehicle_id>/vin", api.VehicleVin.as_view()),
    path("vin-mapping/resolve", api.ResolveVin.as_view()),
]
