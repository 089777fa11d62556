"""The pages of the marketplace."""

from django.urls import include, path

from bookings.views import (
    accepting,
    acting,
    card,
    closing,
    detail,
    final_price,
    invoices,
    lists,
    receipts,
    requesting,
)

pages = [
    path("bookings/", lists.bookings, name="list"),
    path("bookings/open/", lists.open_requests, name="open"),
    path("bookings/new/", requesting.new, name="new"),
    path("bookings/new/estimate/", requesting.estimate, name="estimate"),
    path("bookings/<uuid:booking_id>/", detail.booking, name="detail"),
    path("bookings/<uuid:booking_id>/quote/", acting.quote, name="quote"),
    path("bookings/<uuid:booking_id>/quotes/<uuid:quote_id>/accept/", accepting.accept, name="accept"),
    path(
        "bookings/<uuid:booking_id>/quotes/<uuid:quote_id>/accept/state/",
        accepting.state,
        name="accept_state",
    ),
    path("bookings/<uuid:booking_id>/quotes/<uuid:quote_id>/withdraw/", acting.withdraw, name="withdraw"),
    path("bookings/<uuid:booking_id>/assign/", acting.assign, name="assign"),
    path("bookings/<uuid:booking_id>/status/", acting.status, name="status"),
    path("bookings/<uuid:booking_id>/cancel/", closing.cancel, name="cancel"),
    path("bookings/<uuid:booking_id>/card/", card.card, name="card"),
    path("bookings/<uuid:booking_id>/card/state/", card.state, name="card_state"),
    path("bookings/<uuid:booking_id>/final-price/", final_price.final_price, name="final_price"),
    path("bookings/<uuid:booking_id>/final-price/announce/", final_price.announce, name="announce_price"),
    path("bookings/<uuid:booking_id>/extras/", final_price.extras, name="extras"),
    path("bookings/<uuid:booking_id>/extras/refuse/", final_price.refuse, name="refuse_extras"),
    path("bookings/<uuid:booking_id>/tip/", final_price.tip, name="tip"),
    path("bookings/<uuid:booking_id>/charge/state/", final_price.charge_state, name="charge_state"),
    path("bookings/<uuid:booking_id>/receipt/", receipts.receipt, name="receipt"),
    path("bookings/<uuid:booking_id>/receipt.pdf", receipts.receipt_pdf, name="receipt_pdf"),
    path("bookings/<uuid:booking_id>/invoice/", invoices.invoice, name="invoice"),
    path("bookings/<uuid:booking_id>/invoice.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("bookings/<uuid:booking_id>/credit-notes/<str:number>.pdf", invoices.credit_note_pdf, name="credit_note_pdf"),
    path("invoices/", invoices.listed, name="invoices"),
    path("receipts/<str:token>/", receipts.receipt_by_link, name="receipt_by_link"),
    path("jobs/", lists.jobs, name="jobs"),
    path("jobs/duty/", acting.duty, name="duty"),
]

urlpatterns = [
    path("", lists.home, name="home"),
    path("", include((pages, "bookings"))),
]
