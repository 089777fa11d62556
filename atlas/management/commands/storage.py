"""`manage.py storage plan|apply|check`: the bucket and how its objects age, as the code has it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atlas.objects import bucket, lifecycle


class Command(BaseCommand):
    help = "The object store as code: `plan` what would change, `apply` it, `check` that nothing would (exit code 1)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("plan", "apply", "check"))

    def handle(self, *, action: str, **_: Any) -> None:
        if action == "apply":
            for done in [*bucket.apply(), *map(str, lifecycle.apply())]:
                self.stdout.write(done)
            return
        found = list(bucket.differences())
        found += map(str, lifecycle.plan() if bucket.exists() else self._all())
        for difference in found:
            self.stdout.write(difference)
        if not found:
            self.stdout.write("Bucket and rules are as the code has them.")
        elif action == "check":
            raise CommandError(f"{len(found)} differences.", returncode=1)

    def _all(self) -> list[lifecycle.Change]:
        """Of a bucket that does not exist yet."""
        return list(lifecycle.changes([], lifecycle.wanted_rules()))
