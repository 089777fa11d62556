"""`manage.py tables`: make the DynamoDB tables what the code says they are, as a migration tool would."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from atlas.dynamo import dumping
from atlas.dynamo.provision import cloudformation, terraform
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
        for name, what in (("cloudformation", "a CloudFormation template"), ("terraform", "Terraform's JSON")):
            code = actions.add_parser(name, help=f"print the tables, their backups, alarms and rights as {what}")
            code.add_argument("--app", choices=settings.ATLAS_APPS, help="of one app only")
        out = actions.add_parser("export", help="write all data as JSON lines")
        out.add_argument("--to", dest="folder", type=Path, required=True, metavar="FOLDER")
        out.add_argument("--plain", action="store_true", help="ordinary JSON for other databases; cannot be imported")
        out.add_argument("--rcu", type=float, default=0, help="read units a second to spend; 0: no limit")
        back = actions.add_parser("import", help="put exported data back; what is there under the same key is replaced")
        back.add_argument("--from", dest="folder", type=Path, required=True, metavar="FOLDER")
        for each in (out, back):
            each.add_argument(
                "--table", dest="only", action="append", metavar="NAME", help="this one alone; repeatable"
            )
        actions.add_parser("docs", help="write docs/data-model.md and its pages from the tables")

    def handle(
        self, *, action: str, interactive: bool = True, remove: bool = False, app: str | None = None, **data: Any
    ) -> None:
        if action in ("cloudformation", "terraform"):
            self._as_code(action, app)
            return
        if action in ("export", "import"):
            self._data(action, **data)
            return
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

    def _data(
        self, action: str, *, folder: Path, only: list[str] | None, plain: bool = False, rcu: float = 0, **_: Any
    ) -> None:
        wanted = [table for table in tables() if not only or table.Meta.name in only]
        if missing := {*(only or ())} - {table.Meta.name for table in wanted}:
            raise CommandError(f"There is no table called {', '.join(sorted(missing))}.")

        def tell(name: str, count: int) -> None:
            if sys.stderr.isatty():
                self.stderr.write(f"\r{name}: {count:,}\x1b[K", ending="")

        try:
            if action == "export":
                counts = dumping.export(wanted, folder, plain=plain, rcu=rcu, tell=tell)
            else:
                counts = dumping.load(wanted, folder, tell=tell)
        except (OSError, dumping.Damaged) as error:
            raise CommandError(str(error)) from error
        for name, count in counts.items():
            self.stdout.write(f"{name:<28} {count:>12,}")

    def _as_code(self, tool: str, app: str | None) -> None:
        """The rights, which name every table, are in the whole and in the part of atlas."""
        wanted = [table for table in tables() if app is None or table.__module__.partition(".")[0] == app]
        try:
            made = (
                cloudformation.template(wanted, rights_of=tables() if app in (None, "atlas") else ())
                if tool == "cloudformation"
                else terraform.configuration(wanted)
            )
        except (ImproperlyConfigured, cloudformation.TooLarge) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(made, indent=2))

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
