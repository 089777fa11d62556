"""Examples of the OpenAPI document."""

from atlas.api.schema import request_example

SQUARE = [[-73.99, 40.74], [-73.97, 40.74], [-73.97, 40.76], [-73.99, 40.76], [-73.99, 40.74]]
AREA = request_example(
    "An area, told when a vehicle leaves it",
    {
        "name": "Midtown",
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        "alertOn": ["EXIT"],
        "severity": "HIGH",
    },
)
CIRCLE = request_example(
    "A circle, told when one stays for ten minutes",
    {
        "name": "Airport kerb",
        "geometry": {"type": "Point", "coordinates": [-73.7781, 40.6413]},
        "radius": 400,
        "dwellSeconds": 600,
        "alertOn": ["DWELL"],
    },
)
CHANGE = request_example("Another name, and no alerts", {"name": "Midtown east", "alertOn": []})
FILE = request_example(
    "One area and one that crosses itself",
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Midtown", "alertOn": ["ENTER"]},
                "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
            },
            {
                "type": "Feature",
                "properties": {"name": "A bow tie"},
                "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            },
        ],
    },
)
