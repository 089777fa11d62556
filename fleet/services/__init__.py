"""Every write of the fleet."""

from fleet.services.drivers import add_driver, change_driver, dismiss_driver, forget_driver, set_driver_status
from fleet.services.duty import begin_ride, book_time, commitments_of, end_ride, free_time
from fleet.services.fitness import check_fit
from fleet.services.location import save_location
from fleet.services.operators import (
    approve_operator,
    change_operator,
    close_operator,
    found_operator,
    suspend_operator,
)
from fleet.services.pricing import pricing_rules_of, set_pricing_rules, stored_rules
from fleet.services.staff import reinstate_driver, return_to_service, suspend_driver, take_out_of_service
from fleet.services.vehicles import add_vehicle, bind_telemetry, change_vehicle, retire_vehicle

__all__ = [
    "add_driver",
    "add_vehicle",
    "approve_operator",
    "begin_ride",
    "bind_telemetry",
    "book_time",
    "change_driver",
    "change_operator",
    "change_vehicle",
    "check_fit",
    "close_operator",
    "commitments_of",
    "dismiss_driver",
    "end_ride",
    "forget_driver",
    "found_operator",
    "free_time",
    "pricing_rules_of",
    "reinstate_driver",
    "retire_vehicle",
    "return_to_service",
    "save_location",
    "set_driver_status",
    "set_pricing_rules",
    "stored_rules",
    "suspend_driver",
    "suspend_operator",
    "take_out_of_service",
]
