"""The examples of the OpenAPI document: requests that work as they stand (a test sends them)."""

from atlas.api.schema import request_example

SEDAN_RULE = {
    "vehicleCategory": "SEDAN",
    "hourlyRate": 9500,
    "baseP2P": 12500,
    "perKm": 235,
    "minHours": 3,
    "driverCommissionPct": 0.75,
    "taxRate": 0.05,
}

PRICING_RULES = request_example("Sedans only", {"SEDAN": SEDAN_RULE})
VEHICLE = request_example(
    "A sedan",
    {
        "category": "SEDAN",
        "name": "Mercedes S 500, black",
        "plateNumber": "T 682113 C",
        "maxPassengers": 3,
        "maxLuggage": 2,
        "features": ["Wi-Fi", "Child seat"],
    },
)
DRIVER = request_example(
    "A chauffeur",
    {
        "name": "Grace Murray",
        "email": "grace.murray@example.com",
        "phone": "+12125550147",
        "password": "a long enough secret",
        "licenseNumber": "NY 882 441 097",
        "licenseExpiry": "2034-05-31",
        "documents": {"license": True, "backgroundCheck": True, "insurance": True},
    },
)
OPERATOR = request_example("A new name", {"companyName": "Harbour Chauffeurs", "businessLicense": "TLC-40118"})
VEHICLE_CHANGE = request_example("To the workshop", {"status": "MAINTENANCE"})
DRIVER_CHANGE = request_example("A renewed licence", {"licenseNumber": "NY 882 441 097", "licenseExpiry": "2034-05-31"})
STATUS = request_example("At work", {"status": "ONLINE"})
