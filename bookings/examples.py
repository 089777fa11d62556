"""The examples of the OpenAPI document: requests that work as they stand (a test sends them)."""

from atlas.api.schema import request_example

DETAILS = {
    "vehicleCategory": "SEDAN",
    "passengerCount": 2,
    "luggageCount": 2,
    "distanceKm": 21.5,
    "pickupLocation": "Grand Hotel, Maple Street 1",
    "pickup": {"lat": 40.7580, "lng": -73.9855},
    "dropoffLocation": "City Airport",
    "dropoff": {"lat": 40.6413, "lng": -73.7781},
    "date": "2027-12-24",
    "time": "18:30",
    "timezone": "America/New_York",
    "taxJurisdiction": "US-NY",
    "preferences": {
        "temperature": "Cool (68°F)",
        "music": "Jazz",
        "beverages": ["Sparkling Water"],
        "quietRide": True,
    },
}

REQUEST = request_example("A transfer", {"type": "P2P", "details": DETAILS})
ESTIMATE = request_example(
    "A transfer",
    {"type": "P2P", "details": {"vehicleCategory": "SEDAN", "distanceKm": 21.5, "taxJurisdiction": "US-NY"}},
)
QUOTE = request_example(
    "A bid",
    {
        "vehicleId": "3f2c1f7e-58a1-4f0e-9d0a-6f3f3f0c2b11",
        "price": 24500,
        "eta": 12,
        "notes": "Black S-Class",
    },
)
ACCEPT = request_example("By card", {"method": "CARD", "sourceId": "cnon:card-nonce-ok"})
