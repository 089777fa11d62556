"""Examples of the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

VIN = OpenApiExample("The standard's sample number", value={"vin": "1M8GDM9AXKP042788"}, request_only=True)
RESOLVE = OpenApiExample(
    "A theft",
    value={"pvin": "5f" * 32, "reason": "Police report 24-1187, stolen vehicle"},
    request_only=True,
)
