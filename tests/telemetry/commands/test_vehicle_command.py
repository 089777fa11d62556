"""`manage.py vehicle`."""

from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from telemetry.commands.simulated import Mood, car
from tests.bookings.stage import make_cast
from tests.telemetry.commands.cars import asked, commanded


def said(*words: str) -> str:
    out = StringIO()
    call_command("vehicle", *words, stdout=out)
    return out.getvalue()


def test_a_vehicle_is_made_to_misbehave() -> None:
    cast = make_cast()
    pvin = commanded(cast)
    assert said(pvin) == "awake, willing; it did: nothing yet\n"
    assert said(pvin, "--asleep", "--deep", "--mood", "deaf", "--times", "2").startswith(
        "asleep for good, deaf for 2 commands"
    )
    assert car(pvin).mood is Mood.DEAF
    said(pvin, "--awake", "--mood", "willing", "--times", "0")
    asked(cast, pvin)
    assert said(pvin) == "awake, willing; it did: lock\n"


def test_only_one_that_there_is(settings: LazySettings) -> None:
    with pytest.raises(CommandError):
        said("5f" * 32)
    settings.VEHICLE_COMMANDS = "off"
    with pytest.raises(CommandError):
        said("5f" * 32)
