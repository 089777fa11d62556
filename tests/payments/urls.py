"""The addresses of payments alone."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("payments.api_urls"))]
