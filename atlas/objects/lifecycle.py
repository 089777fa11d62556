"""How objects age: which prefix moves to which storage class when, and what S3 deletes by itself (docs/retention.md).

One table of rules, from the seeds' tiers. `manage.py storage` compares it with the bucket and applies it. Rules of
others, whose ID is not one of ours, are left alone. The archive of bookings has no end here: S3 knows no legal holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings

from atlas.objects import bucket
from atlas.objects.store import storage

OURS = "atlas-"
"""Every rule of ours has an ID that begins so."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What becomes of the objects under a prefix; all days count from their creation."""

    name: str
    prefix: str
    why: str
    moves: tuple[tuple[int, str], ...] = ()
    """(days, storage class), in order."""
    ends: int | None = None
    """Days until S3 deletes them; None: not by S3."""

    def rule(self) -> dict[str, Any]:
        """As S3 takes it."""
        rule: dict[str, Any] = {"ID": OURS + self.name, "Status": "Enabled", "Filter": {"Prefix": self.prefix}}
        if self.moves:
            rule["Transitions"] = [{"Days": days, "StorageClass": kind} for days, kind in self.moves]
        if self.ends is not None:
            rule["Expiration"] = {"Days": self.ends}
        return rule


AGEING = (
    Ageing(
        "trips",
        "trips/",
        "90 days at hand, then tiered, then Glacier Instant Retrieval; one year in all",
        moves=((90, "INTELLIGENT_TIERING"), (180, "GLACIER_IR")),
        ends=365,
    ),
    Ageing("dashcam-raw", "dashcam/raw/", "7 days", ends=7),
    Ageing("dashcam-webview", "dashcam/webview/", "90 days at hand, then tiered", moves=((90, "INTELLIGENT_TIERING"),)),
    Ageing(
        "dashcam-archive",
        "dashcam/archive/",
        "Glacier Instant Retrieval at once, deleted after 180 days",
        moves=((0, "GLACIER_IR"),),
        ends=180,
    ),
    Ageing(
        "bookings",
        "archive/bookings/",
        "Glacier a day after they were written and read back; ended by the nightly job, which knows of legal holds",
        moves=((1, "GLACIER"),),
    ),
    Ageing("logs", "logs/", "30 days at hand, then cold for a year", moves=((30, "GLACIER_IR"),), ends=395),
    Ageing("reports", "reports/", "90 days, as their rows", ends=90),
    Ageing("jobs", "jobs/", "What jobs should have cleared away themselves: a safety net", ends=100),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What stands between the bucket and the code, for one rule."""

    id: str
    kind: str
    """`add`, `change` or `remove`: of ours, and no longer in the code."""
    now: Mapping[str, Any] | None
    wanted: Mapping[str, Any] | None

    def __str__(self) -> str:
        sign = {"add": "+", "change": "~", "remove": "-"}[self.kind]
        return f"{sign} {self.id}: {in_words(self.wanted or self.now or {})}"


def wanted_rules() -> list[dict[str, Any]]:
    """All of ours, with that of unfinished uploads."""
    return [*(ageing.rule() for ageing in AGEING), bucket.unfinished_rule()]


def live_rules() -> list[dict[str, Any]]:
    """Those of the bucket. One request."""
    try:
        answer = _client().get_bucket_lifecycle_configuration(Bucket=settings.OBJECTS_BUCKET)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return []
        raise
    return list(answer.get("Rules", ()))


def changes(live: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    """What would have to be done, in the order of the rules; nothing when all is as it should be."""
    known = {rule["ID"]: rule for rule in live if rule["ID"].startswith(OURS)}
    for rule in wanted:
        found = known.pop(rule["ID"], None)
        if found is None:
            yield Change(rule["ID"], "add", None, rule)
        elif comparable(found) != comparable(rule):
            yield Change(rule["ID"], "change", found, rule)
    for id, rule in known.items():
        yield Change(id, "remove", rule, None)


def plan() -> list[Change]:
    """Of the bucket as it is now. Raises what S3 raises when there is no bucket."""
    return list(changes(live_rules(), wanted_rules()))


def apply() -> list[Change]:
    """Put the rules right; what was done. Rules of others stay."""
    live = live_rules()
    todo = list(changes(live, wanted_rules()))
    if todo:
        others = [rule for rule in live if not rule["ID"].startswith(OURS)]
        _client().put_bucket_lifecycle_configuration(
            Bucket=settings.OBJECTS_BUCKET, LifecycleConfiguration={"Rules": [*others, *wanted_rules()]}
        )
    return todo


def comparable(rule: Mapping[str, Any]) -> Any:
    """A rule without what stores write differently: the old place of the prefix, order, empty members."""
    prefix = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", ""))
    moves = sorted((int(each["Days"]), each["StorageClass"]) for each in rule.get("Transitions") or ())
    ends = (rule.get("Expiration") or {}).get("Days")
    aborts = (rule.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation")
    return rule.get("Status"), prefix, moves, ends and int(ends), aborts and int(aborts)


def in_words(rule: Mapping[str, Any]) -> str:
    """`trips/ -> INTELLIGENT_TIERING after 90 days, deleted after 365 days`."""
    _, prefix, moves, ends, aborts = comparable(rule)
    said = [f"-> {kind} after {days} days" for days, kind in moves]
    said += [f"deleted after {ends} days"] if ends else []
    said += [f"unfinished uploads removed after {aborts} days"] if aborts else []
    return f"{prefix or '(everything)'} {', '.join(said)}"


def _client() -> Any:
    return storage().connection.meta.client
