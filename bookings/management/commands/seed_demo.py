"""`manage.py seed_demo`: the demo's people, companies and rides, once. Refused in production."""

from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.attributes import utc_now
from bookings.demo.cast import DOMAIN, PASSWORD
from bookings.demo.seed import seed


class Command(BaseCommand):
    help = "Write the demo data unless it is there already."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data has sign-ins that everybody knows: never in production.")
        try:
            written = seed(utc_now())
        except httpx.HTTPError as error:
            raise CommandError(f"The demo's payments are made at the local sandbox. {error}") from error
        if not written:
            self.stdout.write("The demo data is there already.")
            return
        self.stdout.write(", ".join(f"{count} {name}" for name, count in sorted(written.items())))
        self.stdout.write(
            f"Sign in as concierge@, operator@, operator2@, driver@ or manager@{DOMAIN}, or as staff: admin@, "
            f"support@, finance@ or operations@{DOMAIN}. Everybody's password: {PASSWORD}"
        )
