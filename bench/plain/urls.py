"""Atlas's own addresses, and the plain ones under `/plain/`."""

from django.urls import include, path

from bench.plain import api

plain = [
    path("auth/login", api.Login.as_view()),
    path("bookings", api.Bookings.as_view()),
    path("bookings/<uuid:booking_id>", api.OneBooking.as_view()),
    path("quotes/<uuid:quote_id>/accept", api.Accept.as_view()),
]
urlpatterns = [path("plain/", include(plain)), path("", include("atlas.urls"))]
