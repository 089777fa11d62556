"""A plan for people to read."""

from collections.abc import Iterator

from django.conf import settings

from atlas.dynamo.provision.changes import CreateTable
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import Plan, TablePlan


def render(store: Store, plan: Plan, *, remove: bool = False) -> Iterator[str]:
    """The plan line by line: where, what each table needs, and what this engine cannot do."""
    where = store.endpoint or f"AWS {settings.AWS_REGION}"
    yield f"DynamoDB at {where}: {len(plan.tables)} tables {settings.TABLE_PREFIX}*, {settings.DYNAMODB_CAPACITY}"
    for each in plan.changed:
        yield from _table(each, remove)
    if plan.not_offered:
        yield f"  Not offered by this engine: {', '.join(plan.not_offered)}."
    yield _summary(plan)


def _table(plan: TablePlan, remove: bool) -> Iterator[str]:
    yield f"  {'+' if plan.new else '~'} {plan.table.name}"
    for change in plan.changes:
        kept = "   (kept; --remove removes it)" if change.removes and not remove else ""
        yield f"      {change.sign} {change}{kept}"
        if isinstance(change, CreateTable):
            yield from (f"      + index {name}: {index}" for name, index in change.table.indexes.items())


def _summary(plan: Plan) -> str:
    new = sum(each.new for each in plan.changed)
    changed, right = len(plan.changed) - new, len(plan.tables) - len(plan.changed)
    if not plan.changed:
        return "Everything is as it should be."
    return f"{new} to create, {changed} to change, {right} as they should be."
