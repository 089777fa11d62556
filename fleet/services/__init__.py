"""Every write of the fleet."""

from fleet.services.duty import begin_ride, book_time, commitments_of, end_ride, free_time
from fleet.services.fitness import check_fit
from fleet.services.location import save_location
from fleet.services.operators import (
    approve_operator,
    change_operator,
    found_operator,
    set_pricing_rules,
    suspend_operator,
)

__all__ = [
    "approve_operator",
    "begin_ride",
    "book_time",
    "change_operator",
    "check_fit",
    "commitments_of",
    "end_ride",
    "found_operator",
    "free_time",
    "save_location",
    "set_pricing_rules",
    "suspend_operator",
]
