"""`manage.py flush`: for hands that know Django, and for its TransactionTestCase. It deletes nothing."""

from typing import Any

from django.core.management.commands.flush import Command as DjangoCommand


class Command(DjangoCommand):
    help = "Atlas has no SQL database, and this deletes nothing: `make reset` empties the local store."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        if options["verbosity"]:
            self.stdout.write("Nothing was deleted: Atlas has no SQL database. `make reset` empties the local store.")
