"""`docs/data-model.md` and its pages, written from the tables: what each holds, how it is found, how long it stays."""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

from atlas.dynamo.provision.desired import desired
from atlas.dynamo.provision.state import Keys
from atlas.dynamo.table import Table

DOCUMENTS = settings.BASE_DIR / "docs"
ROOT = "data-model.md"
COSTS_PAGE = "data-model/costs.md"
BUDGETS = settings.BASE_DIR / "tests" / "budgets.json"

INTRODUCTION = """\
# Data model

Written by `manage.py tables docs` from the `tables.py` of each app: change those, not these files.

- The physical name of a table is `TABLE_PREFIX` (`atlas-` by default) and the name given here.
- Every item also has `schemaVersion`, `createdAt`, `updatedAt` and `version`, the optimistic lock. An item of an older
  schema is upgraded when it is read and written back at its next save.
- Instants are UTC text of fixed width (`2026-12-24T23:30:00.000000Z`), so that their order is the order of time; a TTL
  is epoch seconds. Money is integer cents. `(N)` marks a number among the keys.
- Capacity is on demand. The figures are those of `DYNAMODB_CAPACITY=provisioned`: where a table and each of its indexes
  start, and the most that auto-scaling gives them (at 70 % use, down to a tenth).
- Every table has point-in-time recovery; a table with personal data is encrypted with `DYNAMODB_KMS_KEY`, if set.
"""

COSTS = """\
# Cost of each request

Calls and capacity units as DynamoDB reports them, authentication included and jobs that follow left out; the tests
hold each request to `tests/budgets.json`. *Floor* names what each call is for. Calls that do not wait for one another
are one (BatchGetItem, one transaction); what is decided on is read strongly consistent, at twice the price; a
transaction writes at twice the price too, for all or nothing. No request scans or counts. In brackets: how many
results, or what differs.
"""


def render_documents(tables: Iterable[type[Table]], budgets: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Text by path under `docs/`: a page per app, one of costs, one that leads to them.

    `budgets`: request -> its cost, as in `tests/budgets.json`.
    """
    pages, overview = {}, [INTRODUCTION]
    by_app = sorted(tables, key=lambda table: (_app(table), table.Meta.name))
    for app, group in groupby(by_app, key=_app):
        members = list(group)
        pages[f"data-model/{app}.md"] = _lines(
            f"# Tables of {app}", "", *(line for table in members for line in (*_table(table), ""))
        )
        overview += [f"- [{app}](data-model/{app}.md): {', '.join(f'`{table.Meta.name}`' for table in members)}"]
    overview += ["", f"What each request costs: [{COSTS_PAGE}]({COSTS_PAGE})."]
    return {ROOT: _lines(*overview), **pages, COSTS_PAGE: _lines(*_budgets(budgets))}


def _lines(*lines: str) -> str:
    return "\n".join(lines).rstrip() + "\n"


def known_budgets() -> dict[str, dict[str, Any]]:
    """The committed budgets, none before there are any."""
    path = Path(BUDGETS)
    found: dict[str, dict[str, Any]] = json.loads(path.read_text()) if path.is_file() else {}
    return found


def _app(table: type[Table]) -> str:
    return table.__module__.partition(".")[0]


def _table(table: type[Table]) -> Iterator[str]:
    state, schema = desired(table), table.Meta
    yield f"## `{schema.name}`"
    yield ""
    yield inspect.cleandoc(table.__doc__ or "")
    yield ""
    yield "| | Key | Projection |"
    yield "|---|---|---|"
    yield f"| table | {_keys(state.keys)} | |"
    for name, index in state.indexes.items():
        included = ", ".join(f"`{each}`" for each in sorted(index.included))
        yield f"| `{name}` | {_keys(index.keys)} | {index.projection} {included}".rstrip() + " |"
    yield ""
    facts = [f"Retention: {schema.retention}", f"TTL: `{state.ttl}`" if state.ttl else "no TTL"]
    facts.append(f"capacity: {schema.capacity.read} read, {schema.capacity.write} write units")
    facts.append(f"schema {schema.version}")
    if schema.personal:
        facts.append("personal data")
    yield "; ".join(facts) + "."


def _keys(keys: Keys) -> str:
    return ", ".join(f"`{part.name}`" + ("" if part.type == "S" else f" ({part.type})") for part in keys)


def _budgets(budgets: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from COSTS.splitlines()
    yield ""
    if not budgets:
        yield "No budget is committed yet."
        return
    yield "| Request | Calls | Read units | Write units | Floor |"
    yield "|---|---|---|---|---|"
    for request, cost in budgets.items():
        yield f"| `{request}` | {cost['calls']} | {cost['rcu']} | {cost['wcu']} | {cost.get('floor', '')} |"
