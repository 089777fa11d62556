"""The life of a booking, as its writes. In the order of the story:

`request_booking` -> `submit_quote` (`withdraw_quote`) -> `accept_quote` (`settle_acceptance`) -> `assign`
-> `report_status` ... COMPLETED -> `follow_payment`; or `cancel`, or `expire` (`expire_now`).

Where the ride cost something else: `announce_price` -> `state_price` -> `approve_extras` or `refuse_extras`; and `tip`.
Where a card on file pays: `authorize_card` near the pick-up, `replace_card`, `call_off_unpaid`, `charge_fee`.
"""

from bookings.services.accepting import accept_quote, settle_acceptance
from bookings.services.amending import amend_booking
from bookings.services.charging import charge_fee
from bookings.services.closing import call_off_unpaid, cancel, expire, expire_now, follow_payment
from bookings.services.dispatching import alert_departure, assign, report_status
from bookings.services.extra_charges import settle_charge
from bookings.services.holding import authorize_card, miss_card
from bookings.services.numbering import catch_up
from bookings.services.quoting import expire_quote, submit_quote, withdraw_quote
from bookings.services.replacing import replace_card
from bookings.services.requesting import estimate_price, request_booking
from bookings.services.stating import (
    announce_price,
    approve_extras,
    close_extras,
    refuse_extras,
    state_price,
    take_announced,
    tip,
)
from bookings.services.telling import resend_notice

__all__ = [
    "accept_quote",
    "alert_departure",
    "amend_booking",
    "announce_price",
    "approve_extras",
    "assign",
    "authorize_card",
    "call_off_unpaid",
    "cancel",
    "catch_up",
    "charge_fee",
    "close_extras",
    "estimate_price",
    "expire",
    "expire_now",
    "expire_quote",
    "follow_payment",
    "miss_card",
    "refuse_extras",
    "replace_card",
    "report_status",
    "request_booking",
    "resend_notice",
    "settle_acceptance",
    "settle_charge",
    "state_price",
    "submit_quote",
    "take_announced",
    "tip",
    "withdraw_quote",
]
