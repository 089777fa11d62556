"""Every address of Atlas. One of the four files that may import upward."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from atlas.api.docs import DocsView
from atlas.health import healthz, readyz

api = [
    path("", include("accounts.api_urls")),
    path("", include("fleet.api_urls")),
    path("", include("payments.api_urls")),
    path("", include("bookings.api_urls")),
]

urlpatterns = [
    path("", include("bookings.urls")),
    path("", include("fleet.urls")),
    path("", include("accounts.urls")),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("healthz", healthz),
    path("readyz", readyz),
]
