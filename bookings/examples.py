"""The examples of the OpenAPI document: requests that work as they stand (a test sends them)."""

from datetime import timedelta

from atlas.api.schema import request_example
from atlas.dynamo.attributes import utc_now
from payments.cards.consent import VERSION

DETAILS = {
    "vehicleCategory": "SEDAN",
    "passengerCount": 2,
    "luggageCount": 2,
    "distanceKm": 21.5,
    "pickupLocation": "Grand Hotel, Maple Street 1",
    "pickup": {"lat": 40.7580, "lng": -73.9855},
    "dropoffLocation": "City Airport",
    "dropoff": {"lat": 40.6413, "lng": -73.7781},
    "date": f"{utc_now() + timedelta(days=365):%Y-%m}-24",
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
ACCEPT_AHEAD = request_example(
    "A ride far ahead: the card is kept", {"method": "CARD", "sourceId": "cnon:card-nonce-ok", "consent": VERSION}
)
CARD = request_example("Another card", {"sourceId": "cnon:card-nonce-ok", "consent": VERSION})
ASSIGN = request_example(
    "A driver and a car",
    {"driverId": "0c9f4e1a-7d5b-4c55-9a43-2f1f6f0f7a10", "vehicleId": "3f2c1f7e-58a1-4f0e-9d0a-6f3f3f0c2b11"},
)
STATUS = request_example("The driver sets out", {"status": "DRIVER_EN_ROUTE"})
CANCEL = request_example("Plans changed", {"reason": "The meeting was moved to Boston.", "code": "CLIENT_REQUEST"})
FINAL_PRICE = request_example("Waiting at the hotel", {"price": 26000, "reason": "45 minutes of waiting at the hotel"})
PAY_EXTRAS = request_example("By card", {"sourceId": "cnon:card-nonce-ok"})
REFUSE_EXTRAS = request_example("Not agreed", {"reason": "The passenger came on time."})
TIP = request_example("Twenty", {"amount": 2000, "sourceId": "cnon:card-nonce-ok"})
