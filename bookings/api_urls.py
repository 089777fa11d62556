"""The marketplace under /api/v1/."""

from django.urls import path

from bookings import api, api_final
from bookings.archive import api as archive

urlpatterns = [
    path("pricing/estimate", api.Estimate.as_view(), name="api-estimate"),
    path("bookings", api.Bookings.as_view(), name="api-bookings"),
    path("bookings/open", api.OpenRequests.as_view(), name="api-open-requests"),
    path("bookings/<uuid:booking_id>", api.OneBooking.as_view(), name="api-booking"),
    path("bookings/<uuid:booking_id>/history", api.History.as_view(), name="api-history"),
    path("bookings/<uuid:booking_id>/quotes", api.Quotes.as_view(), name="api-quotes"),
    path("bookings/<uuid:booking_id>/cancel", api.Cancel.as_view(), name="api-cancel"),
    path("bookings/<uuid:booking_id>/card", api.Card.as_view(), name="api-booking-card"),
    path("bookings/<uuid:booking_id>/assign", api.Assign.as_view(), name="api-assign"),
    path("bookings/<uuid:booking_id>/status", api.Status.as_view(), name="api-status"),
    path("bookings/<uuid:booking_id>/final-price", api_final.FinalPrice.as_view(), name="api-final-price"),
    path(
        "bookings/<uuid:booking_id>/final-price/announce", api_final.AnnouncePrice.as_view(), name="api-announce-price"
    ),
    path("bookings/<uuid:booking_id>/extras/approve", api_final.ApproveExtras.as_view(), name="api-approve-extras"),
    path("bookings/<uuid:booking_id>/extras/refuse", api_final.RefuseExtras.as_view(), name="api-refuse-extras"),
    path("bookings/<uuid:booking_id>/tip", api_final.Tip.as_view(), name="api-tip"),
    path("bookings/<uuid:booking_id>/track", api.Track.as_view(), name="api-track"),
    path("bookings/<uuid:booking_id>/receipt", api.Receipt.as_view(), name="api-receipt"),
    path("bookings/<uuid:booking_id>/archive", archive.Archive.as_view(), name="api-archive"),
    path("bookings/<uuid:booking_id>/archive/restore", archive.Restore.as_view(), name="api-archive-restore"),
    path("bookings/<uuid:booking_id>/invoice", api.Invoice.as_view(), name="api-invoice"),
    path("quotes/<uuid:quote_id>/accept", api.Accept.as_view(), name="api-accept"),
    path("quotes/<uuid:quote_id>/withdraw", api.Withdraw.as_view(), name="api-withdraw"),
    path("drivers/me/jobs", api.Jobs.as_view(), name="api-jobs"),
    path("calendar.ics", api.Calendar.as_view(), name="api-calendar"),
    path("me/calendar", api.CalendarFeed.as_view(), name="api-calendar-feed"),
]
