"""VINs for tests: rightly made, of no manufacturer's."""

import random

from telemetry.rules.vin import CHECK_DIGIT_AT, VALUES, check_digit


def with_check(vin: str) -> str:
    return vin[:CHECK_DIGIT_AT] + check_digit(vin) + vin[CHECK_DIGIT_AT + 1 :]


def new_vin() -> str:
    """Another one at each call: tests share their tables."""
    return with_check("".join(random.choices("".join(VALUES), k=17)))
