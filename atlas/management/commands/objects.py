"""`manage.py objects`: make the S3 bucket what Atlas needs, or say what is not so."""

from argparse import ArgumentParser
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from atlas.objects import bucket


class Command(BaseCommand):
    help = "Compare the bucket of Atlas with what it must be (check), or create it and put it right (apply)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("apply", "check"))

    def handle(self, *, action: str, **_: Any) -> None:
        try:
            found = bucket.apply() if action == "apply" else list(bucket.differences())
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"S3 at {settings.OBJECTS_ENDPOINT or settings.AWS_REGION}: {error}") from error
        for line in found:
            self.stdout.write(line)
        if found and action == "check":
            raise CommandError("The bucket is not what it must be. `manage.py objects apply` helps.")
        self.stdout.write("Put right." if found else f"The bucket {settings.OBJECTS_BUCKET} is as it must be.")
