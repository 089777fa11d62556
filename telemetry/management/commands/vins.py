"""`manage.py vins reseal`: bring every sealed VIN under the present master key, before an old one is removed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atlas import vault
from telemetry.services import context
from telemetry.tables import VinMapping


class Command(BaseCommand):
    help = "Sealed VINs: bring them under the present master key (VAULT_KEYS, VAULT_KMS_KEY)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        reseal = actions.add_parser("reseal", help="seal each VIN again that an older key has sealed")
        reseal.add_argument("--per-second", type=int, default=100, help="capacity units to read at most (100)")

    def handle(self, *_: Any, **options: Any) -> None:
        """Walks the table. Cut off, it may simply be started again: what is done is passed over."""
        seen = done = 0
        closed: list[str] = []
        for mapping in VinMapping.scan(rate_limit=options["per_second"], page_size=100):
            seen += 1
            try:
                fresh = vault.reseal(mapping.sealed_vin, context(mapping.pvin))
            except vault.Unsealable as error:
                self.stderr.write(f"{mapping.pvin}: {error}")
                closed.append(mapping.pvin)
                continue
            if fresh != mapping.sealed_vin:
                mapping.update(actions=[VinMapping.sealed_vin.set(fresh)])
                done += 1
            if seen % 1_000 == 0:
                self.stderr.write(f"{seen} seen, {done} sealed again")
        self.stdout.write(f"{seen} VINs, {done} sealed again.")
        if closed:
            raise CommandError(f"{len(closed)} do not open: keep the old key, or give these vehicles their VINs anew.")
