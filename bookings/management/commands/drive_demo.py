"""`manage.py drive_demo`: cars that move, and a market that goes on, until stopped. Refused in production."""

import asyncio
import contextlib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings.demo.drive import Simulator


class Command(BaseCommand):
    help = "Drive demo bookings along the streets of the demo city."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rides", type=int, default=4, help="cars on the road at a time")
        parser.add_argument("--pace", type=float, default=1.5, help="times faster than real traffic")
        parser.add_argument("--request-every", type=float, default=240, help="seconds between new requests")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The simulator books and drives by itself: never in production.")
        simulator = Simulator(rides=options["rides"], pace=options["pace"], request_every=options["request_every"])
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(simulator.run())
