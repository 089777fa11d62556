"""The API of the fleet, under `/api/v1/`."""

from django.urls import path

from fleet import api

urlpatterns = [
    path("operators", api.Operators.as_view(), name="api-operators"),
    path("operators/<uuid:operator_id>/approve", api.Approve.as_view(), name="api-operator-approve"),
    path("operators/<uuid:operator_id>/suspend", api.Suspend.as_view(), name="api-operator-suspend"),
    path("operators/me", api.OwnOperator.as_view(), name="api-own-operator"),
    path("operators/me/pricing-rules", api.PricingRules.as_view(), name="api-pricing-rules"),
]
