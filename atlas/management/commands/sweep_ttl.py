"""`manage.py sweep_ttl`: delete expired items from the local engine, which never does so itself."""

import time
from argparse import ArgumentParser
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.registry import tables
from atlas.local.sweeper import is_missing, sweep


class Command(BaseCommand):
    help = "Delete items past their TTL from a local DynamoDB engine. Against AWS it refuses: DynamoDB does it itself."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forever", action="store_true", help="keep on until stopped")
        parser.add_argument("--every", type=float, default=60, metavar="SECONDS", help="the pause between rounds")

    def handle(self, *, forever: bool, every: float, **_: Any) -> None:
        if not settings.DYNAMODB_ENDPOINT:
            raise CommandError("DYNAMODB_ENDPOINT is not set: DynamoDB on AWS deletes expired items by itself.")
        while True:
            try:
                self._round()
            except (BotoCoreError, ClientError) as error:
                if not forever:
                    raise CommandError(str(error)) from error
                self.stderr.write(f"Next try in {every:.0f} s: {error}")
            if not forever:
                return
            time.sleep(every)

    def _round(self) -> None:
        for table in tables():
            try:
                deleted = sweep(table, now=utc_now())
            except ClientError as error:
                if not is_missing(error):
                    raise
                continue
            if deleted:
                self.stdout.write(f"{table.Meta.table_name}: {deleted} expired")
