"""What an operator is offered when they quote or assign: their own vehicles that fit, their drivers, their price."""

from accounts.users import CurrentUser
from atlas.errors import Invalid
from bookings.services.requesting import price_of
from bookings.tables import Booking
from fleet.rules.fitness import vehicle_faults
from fleet.selectors import list_drivers, list_vehicles
from fleet.services import pricing_rules_of
from fleet.tables import Driver, Operator, Vehicle

MOST = 100
"""Of vehicles or drivers to choose from on one page."""


def fitting_vehicles(*, user: CurrentUser, booking: Booking) -> list[Vehicle]:
    """Those that could serve the ride, were they free; of the category asked for first, then upgrades."""
    details = booking.details
    fitting = [
        vehicle
        for vehicle in list_vehicles(user=user, limit=MOST).items
        if not vehicle_faults(
            status=vehicle.status,
            category=vehicle.category,
            max_passengers=vehicle.max_passengers,
            max_luggage=vehicle.max_luggage,
            wanted_category=details.vehicle_category,
            passengers=details.passenger_count,
            luggage=details.luggage_count,
        )
    ]
    return sorted(fitting, key=lambda vehicle: vehicle.category is not details.vehicle_category)


def drivers(*, user: CurrentUser) -> list[Driver]:
    """By name. Whether one is free and fit for the ride is decided when they are assigned."""
    return sorted(list_drivers(user=user, limit=MOST).items, key=lambda driver: driver.name.casefold())


def own_price(operator: Operator, booking: Booking) -> int | None:
    """The total by the operator's own rule, in cents; None without a rule, or where it gives no price."""
    rule = pricing_rules_of(operator).get(booking.details.vehicle_category)
    if rule is None:
        return None
    try:
        return price_of(booking.type_, booking.details, rule).total
    except Invalid:
        return None
