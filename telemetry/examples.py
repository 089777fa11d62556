"""Examples of the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

VIN = OpenApiExample("The standard's sample number", value={"vin": "1M8GDM9AXKP042788"}, request_only=True)
RESOLVE = OpenApiExample(
    "A theft",
    value={"pvin": "5f" * 32, "reason": "Police report 24-1187, stolen vehicle"},
    request_only=True,
)
DEVICE = OpenApiExample("A tracker", value={"vin": "1M8GDM9AXKP042788", "name": "Under the dash"}, request_only=True)
POSITIONS = OpenApiExample(
    "Two seconds of a ride",
    value=[
        {
            "timestamp": "2025-06-01T12:00:05Z",
            "lat": 40.7581,
            "lng": -73.985,
            "speed": 8.3,
            "heading": 90,
            "odometer": 22683600,
            "batteryLevel": 75,
        },
        {"timestamp": "2025-06-01T12:00:06Z", "lat": 40.7581, "lng": -73.9849, "speed": 8.4, "heading": 90},
    ],
    request_only=True,
)
TESLA = OpenApiExample(
    "A record",
    value=[
        {
            "createdAt": "2025-06-01T12:00:05.120Z",
            "isResend": False,
            "data": [
                {"key": "Location", "value": {"locationValue": {"latitude": 40.7581, "longitude": -73.985}}},
                {"key": "VehicleSpeed", "value": {"doubleValue": 31.0}},
                {"key": "Odometer", "value": {"doubleValue": 14094.5}},
                {"key": "Gear", "value": {"shiftStateValue": "ShiftStateD"}},
                {"key": "Soc", "value": {"doubleValue": 75.2}},
            ],
        }
    ],
    request_only=True,
)
