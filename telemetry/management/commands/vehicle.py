"""`manage.py vehicle`: how a simulated vehicle takes commands."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from telemetry.commands.simulated import Mood, car, control
from telemetry.tables import VehicleState


class Command(BaseCommand):
    help = "A simulated vehicle: put it to sleep, slow it down, let it misbehave; or see how it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pvin", metavar="PVIN")
        parser.add_argument("--asleep", action="store_true", help="until the next command wakes it")
        parser.add_argument("--deep", action="store_true", help="with --asleep: nothing wakes it")
        parser.add_argument("--awake", action="store_true")
        parser.add_argument("--mood", type=Mood, choices=list(Mood), help="how it takes commands")
        parser.add_argument("--times", type=int, help="for so many commands (0: until it is changed)")
        parser.add_argument("--delay", type=float, help="seconds that it takes")

    def handle(self, *_: Any, **options: Any) -> None:
        pvin = options["pvin"]
        if settings.VEHICLE_COMMANDS != "simulated":
            raise CommandError(f"Vehicles are not simulated here: VEHICLE_COMMANDS is {settings.VEHICLE_COMMANDS}.")
        if VehicleState.find(pvin) is None:
            raise CommandError("No vehicle has this pseudoVIN.")
        changes = {name: options[name] for name in ("mood", "times", "delay") if options[name] is not None}
        if options["asleep"] or options["awake"]:
            changes |= {"asleep": options["asleep"], "stays_asleep": options["asleep"] and options["deep"]}
        found = control(pvin, **changes) if changes else car(pvin)
        sleep = ("asleep for good" if found.stays_asleep else "asleep") if found.asleep else "awake"
        times = f" for {found.times} commands" if found.times else ""
        self.stdout.write(f"{sleep}, {found.mood}{times}; it did: {', '.join(found.done) or 'nothing yet'}")
