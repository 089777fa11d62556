"""What a concierge asks for, as it is kept in the booking."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, UnicodeAttribute
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document
from fleet.rules.types import VehicleCategory


class Point(Document):
    lat = FloatAttribute()
    lng = FloatAttribute()


class VIPPreferences(Document):
    """The seed's VIPPreferences; its closed vocabularies are checked at the edge (`bookings.serializers`)."""

    preferred_driver_gender = UnicodeAttribute(attr_name="preferredDriverGender", null=True)
    temperature = UnicodeAttribute(null=True)
    music = UnicodeAttribute(null=True)
    beverages: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, null=True)  # type: ignore[arg-type]
    meet_and_greet = BooleanAttribute(attr_name="meetAndGreet", null=True)
    ramp_access = BooleanAttribute(attr_name="rampAccess", null=True)
    quiet_ride = BooleanAttribute(attr_name="quietRide", null=True)
    special_instructions = UnicodeAttribute(attr_name="specialInstructions", null=True)


class ItineraryDay(Document):
    """One day of a multi-day booking, in the wall time of the pick-up's zone."""

    day_number = IntegerAttribute(attr_name="dayNumber")
    date = UnicodeAttribute()
    time = UnicodeAttribute()
    hours = FloatAttribute()
    pickup_location = UnicodeAttribute(attr_name="pickupLocation")
    dropoff_location = UnicodeAttribute(attr_name="dropoffLocation", null=True)
    notes = UnicodeAttribute(null=True)


class Details(Document):
    """What was asked for. `date` and `time` are wall time in `timezone`, the pick-up's own."""

    vehicle_category = UnicodeEnumAttribute(VehicleCategory, attr_name="vehicleCategory")
    pickup_location = UnicodeAttribute(attr_name="pickupLocation")
    dropoff_location = UnicodeAttribute(attr_name="dropoffLocation", default="")
    pickup = Point(null=True)
    dropoff = Point(null=True)
    date = UnicodeAttribute()
    time = UnicodeAttribute()
    timezone = UnicodeAttribute()
    tax_jurisdiction = UnicodeAttribute(attr_name="taxJurisdiction", default="")
    duration_hours = FloatAttribute(attr_name="durationHours", default=0)
    duration_days = IntegerAttribute(attr_name="durationDays", default=1)
    distance_km = FloatAttribute(attr_name="distanceKm", default=0)
    passenger_count = IntegerAttribute(attr_name="passengerCount", default=1)
    luggage_count = IntegerAttribute(attr_name="luggageCount", default=0)
    preferences = VIPPreferences(default=VIPPreferences)
    itinerary: ListAttribute[ItineraryDay] = ListAttribute(of=ItineraryDay, default=list)
    passenger_name = UnicodeAttribute(attr_name="passengerName", default="")
    flight_number = UnicodeAttribute(attr_name="flightNumber", default="")
