"""The API of the fleet, under `/api/v1/`."""

from django.urls import include, path

from fleet import api

urlpatterns = [
    path("", include("fleet.organizations.api_urls")),
    path("operators", api.Operators.as_view(), name="api-operators"),
    path("operators/<uuid:operator_id>/approve", api.Approve.as_view(), name="api-operator-approve"),
    path("operators/<uuid:operator_id>/suspend", api.Suspend.as_view(), name="api-operator-suspend"),
    path("operators/me", api.OwnOperator.as_view(), name="api-own-operator"),
    path("operators/me/pricing-rules", api.PricingRules.as_view(), name="api-pricing-rules"),
    path("vehicles", api.Vehicles.as_view(), name="api-vehicles"),
    path("vehicles/<uuid:vehicle_id>", api.OneVehicle.as_view(), name="api-vehicle"),
    path("drivers", api.Drivers.as_view(), name="api-drivers"),
    path("drivers/me", api.OwnDriver.as_view(), name="api-own-driver"),
    path("drivers/me/status", api.OwnStatus.as_view(), name="api-own-status"),
    path("drivers/<uuid:driver_id>", api.OneDriver.as_view(), name="api-driver"),
]
