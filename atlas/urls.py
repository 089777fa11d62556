"""Every address of Atlas. One of the four files that may import upward."""

from django.contrib import admin
from django.urls import include, path

from atlas.api.docs import DocsView, SchemaView
from atlas.health import healthz, readyz
from atlas.metrics import metrics

api = [
    path("", include("accounts.api_urls")),
    path("", include("fleet.api_urls")),
    path("", include("telemetry.api_urls")),
    path("", include("payments.api_urls")),
    path("", include("bookings.api_urls")),
]

urlpatterns = [
    path("", include("bookings.urls")),
    path("", include("fleet.urls")),
    path("", include("payments.urls")),
    path("", include("accounts.urls")),
    path("", include("atlas.jobs.urls")),
    path("", include("telemetry.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]

handler400 = "atlas.api.exceptions.bad_request"
handler403 = "atlas.api.exceptions.permission_denied"
handler404 = "atlas.api.exceptions.page_not_found"
handler500 = "atlas.api.exceptions.server_error"
