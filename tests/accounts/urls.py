"""Accounts alone, as atlas.urls mounts it."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.get_username())


urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("api/v1/", include("accounts.api_urls")),
]
handler500 = "atlas.api.exceptions.server_error"
