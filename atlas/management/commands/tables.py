"""`manage.py tables`: make the DynamoDB tables what the code says they are, as a migration tool would."""

import sys
from argparse import ArgumentParser
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.document import DOCUMENTS, known_budgets, render_documents
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import Plan, make_plan
from atlas.dynamo.provision.text import render
from atlas.dynamo.registry import tables


class Command(BaseCommand):
    help = "Compare the DynamoDB tables with the code (plan, check) and make them what it says (apply)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("plan", help="show what apply would do")
        apply = actions.add_parser("apply", help="show the plan, then do it")
        apply.add_argument("--no-input", action="store_false", dest="interactive", help="never ask")
        apply.add_argument("--remove", action="store_true", help="also remove what the code no longer declares")
        actions.add_parser("check", help="like plan, but fail when something differs")
        actions.add_parser("docs", help="write docs/data-model.md and its pages from the tables")

    def handle(self, *, action: str, interactive: bool = True, remove: bool = False, **_: Any) -> None:
        if action == "docs":
            for name, text in render_documents(tables(), known_budgets()).items():
                path = DOCUMENTS / name
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            return
        store = Store.of_settings()
        try:
            plan = make_plan(store, tables())
            for line in render(store, plan, remove=remove):
                self.stdout.write(line)
            match action:
                case "apply":
                    self._apply(store, plan, interactive, remove)
                case "check" if plan.changed:
                    raise CommandError("The tables are not what the code says. `manage.py tables apply` helps.")
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except (BotoCoreError, ClientError) as error:
            raise CommandError(f"DynamoDB at {store.endpoint or settings.AWS_REGION}: {error}") from error

    def _apply(self, store: Store, plan: Plan, interactive: bool, remove: bool) -> None:
        if not plan.changed:
            return
        if interactive and store.on_aws and sys.stdin.isatty() and input("Apply this to AWS? [y/N] ").lower() != "y":
            raise CommandError("Nothing was changed.")
        failures = apply_plan(store, plan, remove=remove, tell=self.stdout.write)
        for failure in failures:
            self.stderr.write(f"{failure.table}: {failure.change}: {failure.reason}")
        if failures:
            raise CommandError(f"{len(failures)} changes were not made; the rest was.")
        self.stdout.write("Done.")
