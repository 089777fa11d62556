"""The life of a booking, as its writes. In the order of the story:

`request_booking` -> `submit_quote` (`withdraw_quote`) -> `accept_quote` (`settle_acceptance`) -> `assign`
-> `report_status` ... COMPLETED -> `follow_payment`; or `cancel`, or `expire`.
"""

from bookings.services.accepting import accept_quote, settle_acceptance
from bookings.services.closing import cancel, expire, follow_payment
from bookings.services.dispatching import alert_departure, assign, report_status
from bookings.services.quoting import expire_quote, submit_quote, withdraw_quote
from bookings.services.requesting import estimate_price, request_booking

__all__ = [
    "accept_quote",
    "alert_departure",
    "assign",
    "cancel",
    "estimate_price",
    "expire",
    "expire_quote",
    "follow_payment",
    "report_status",
    "request_booking",
    "settle_acceptance",
    "submit_quote",
    "withdraw_quote",
]
