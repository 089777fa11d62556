"""The platform's own tables as Django models, for the back office."""

from datetime import timedelta

from atlas import tables
from atlas.facade.model import Facade
from atlas.facade.partitions import Days, Values
from atlas.jobs import tables as jobs
from atlas.shards import all_shards


class OutboxRow(Facade, table=tables.OutboxRow, partitions={"due-index": Values(all_shards)}):
    class Meta:
        verbose_name = "outbox fact"
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return f"{self.event} {self.pk[:8]}"  # type: ignore[attr-defined]


class Job(
    Facade,
    table=jobs.Job,
    links={"owner_id": "accounts.User"},
    partitions={"day-index": Days(reach=timedelta(days=31))},
):
    class Meta:
        verbose_name = "job"

    def __str__(self) -> str:
        return f"{self.name} {self.pk[:8]}"  # type: ignore[attr-defined]


class Unique(Facade, table=tables.Unique, names={"key_": "claim"}):
    class Meta:
        verbose_name = "claim of a unique value"
        verbose_name_plural = "unique values"


class IdempotencyKey(Facade, table=tables.IdempotencyKey, names={"key_": "digest"}):
    class Meta:
        verbose_name = "idempotency key"
