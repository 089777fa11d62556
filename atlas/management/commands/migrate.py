"""`manage.py migrate`: for hands that know Django. What there is to migrate are the DynamoDB tables."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoCommand


class Command(DjangoCommand):  # Django's own class: its test runner and `runserver` expect it
    help = "Atlas has no SQL database: this runs `manage.py tables apply`."
    requires_system_checks = ()

    def handle(self, *_: Any, **options: Any) -> None:
        self.stdout.write("Atlas has no SQL database to migrate: running `manage.py tables apply`.")
        ask = () if options["interactive"] else ("--no-input",)
        call_command("tables", "apply", *ask, stdout=self.stdout, stderr=self.stderr)
