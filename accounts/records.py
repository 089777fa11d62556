"""The other tables of accounts as Django models, for the back office; `accounts.models` brings them in."""

from datetime import timedelta

from accounts import tables
from accounts.access_log import tables as access_log
from accounts.holds import tables as holds
from accounts.privacy import tables as privacy
from atlas.dynamo.attributes import utc_now
from atlas.facade.links import Link
from atlas.facade.model import Facade
from atlas.facade.partitions import Values
from atlas.shards import all_shards

DAYS_LISTED = 3
"""Of the access log at once: a query per day and shard. Older entries are found by whom they are about, or by whom."""


def newest_days() -> list[str]:
    """Partitions of the access log's day index."""
    today = utc_now().date()
    return [f"{today - timedelta(days=back)}#{shard}" for back in range(DAYS_LISTED) for shard in all_shards()]


class Session(Facade, table=tables.Session, links={"user_id": "accounts.User"}):
    class Meta:
        verbose_name = "browser session"

    def __str__(self) -> str:
        return f"{self.pk[:12]}\u2026"


class TokenFamily(Facade, table=tables.TokenFamily, links={"user_id": "accounts.User"}):
    class Meta:
        verbose_name = "API sign-in"
        verbose_name_plural = "API sign-ins"


class SecondFactor(Facade, table=tables.SecondFactor):
    class Meta:
        verbose_name = "second factor"


class AccessEntry(
    Facade,
    table=access_log.AccessEntry,
    links={"subject_id": Link("accounts.User", "entries_about"), "actor_id": Link("accounts.User", "entries_by")},
    partitions={"day-index": Values(newest_days)},
):
    class Meta:
        verbose_name = "access log entry"
        verbose_name_plural = "access log"

    def __str__(self) -> str:
        return f"{self.deed} {self.object} {self.moment.partition('.')[0]}"  # type: ignore[attr-defined]


class Seal(Facade, table=access_log.Seal):
    class Meta:
        verbose_name = "seal of the access log"
        verbose_name_plural = "seals of the access log"

    def __str__(self) -> str:
        return f"{self.chain} {self.number:g}"  # type: ignore[attr-defined]


class Erasure(Facade, table=privacy.Erasure):
    class Meta:
        verbose_name = "erasure"


class LegalHold(Facade, table=holds.LegalHold, links={"about": "accounts.User", "placed_by": "accounts.User"}):
    kind: str

    class Meta:
        verbose_name = "legal hold"

    def __str__(self) -> str:
        return f"{self.kind.capitalize()} {self.pk[:8]}"
