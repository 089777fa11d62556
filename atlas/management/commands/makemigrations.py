"""`manage.py makemigrations`: for hands that know Django. There is nothing to write: the tables are the schema."""

from typing import Any

from django.core.management.commands.makemigrations import Command as DjangoCommand


class Command(DjangoCommand):
    help = "Atlas has no migration files: change a `tables.py` and run `manage.py tables plan`."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write(
            "Nothing to write: change a `tables.py`, raise its `Meta.version`, then run `manage.py tables plan`."
        )
