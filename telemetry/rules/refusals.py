"""Why a reading is refused: one code each, which the device gets beside the reading's place in its batch."""

CODES = {
    "malformed": "not an object",
    "timestamp_missing": "no time",
    "timestamp_invalid": "a time that is none",
    "clock_ahead": "from the future",
    "clock_not_set": "from before there were devices",
    "position_invalid": "half a position, or one that is not on Earth",
    "no_fix": "exactly 0, 0: the receiver had no fix",
    "speed_invalid": "not a speed of a car, m/s",
    "heading_invalid": "not a heading, degrees",
    "odometer_invalid": "not an odometer, metres",
    "battery_invalid": "not a charge, percent",
    "value_invalid": "another value of the wrong type or size",
    "empty": "says nothing but the time",
    "vin_missing": "of which vehicle, where a device speaks for several",
    "vin_invalid": "not a VIN",
    "unknown_vehicle": "not a vehicle of this device",
    "too_late": "older than what its trips are made of by now",
}


class Refused(ValueError):
    """This reading is not taken; `code` says why. Its neighbours are."""

    def __init__(self, code: str) -> None:
        super().__init__(CODES[code])
        self.code = code
