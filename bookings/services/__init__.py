"""The life of a booking, as its writes. In the order of the story:

`request_booking` -> `submit_quote` (`withdraw_quote`) -> `accept_quote` (`settle_acceptance`) -> `assign`
-> `report_status` ... COMPLETED -> `follow_payment`; or `cancel`, or `expire` (`expire_now`).
"""

from bookings.services.accepting import accept_quote, settle_acceptance
from bookings.services.amending import amend_booking
from bookings.services.closing import cancel, expire, expire_now, follow_payment
from bookings.services.dispatching import alert_departure, assign, report_status
from bookings.services.numbering import catch_up
from bookings.services.quoting import expire_quote, submit_quote, withdraw_quote
from bookings.services.requesting import estimate_price, request_booking
from bookings.services.telling import resend_notice

__all__ = [
    "accept_quote",
    "alert_departure",
    "amend_booking",
    "assign",
    "cancel",
    "catch_up",
    "estimate_price",
    "expire",
    "expire_now",
    "expire_quote",
    "follow_payment",
    "report_status",
    "request_booking",
    "resend_notice",
    "settle_acceptance",
    "submit_quote",
    "withdraw_quote",
]
