"""The one client that every table of a process shares: one pool, one place to count, sign and time calls."""

from functools import cache
from typing import Any

from botocore.exceptions import HTTPClientError
from django.conf import settings
from pynamodb.connection import Connection

from atlas.dynamo import meter


class MeteredConnection(Connection):
    """PynamoDB's connection, whose client reports every answer to `atlas.dynamo.meter`."""

    @property
    def client(self) -> Any:
        known = self._client
        client = super().client
        if client is not known:
            client.meta.events.register("after-call.dynamodb", meter.record, unique_id="atlas-meter")
        return client

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            return super()._make_api_call(operation_name, operation_kwargs)
        except HTTPClientError as error:
            # A time-out has no response: botocore says None, and PynamoDB would look for DynamoDB's code in it.
            error.response = error.response or {}
            raise


@cache
def connection() -> MeteredConnection:
    """The process's connection. Against a local endpoint any credentials do; AWS takes them from its own chain."""
    local: dict[str, Any] = (
        {"aws_access_key_id": "local", "aws_secret_access_key": "local"} if settings.DYNAMODB_ENDPOINT else {}
    )
    return MeteredConnection(
        region=settings.AWS_REGION,
        host=settings.DYNAMODB_ENDPOINT,
        connect_timeout_seconds=2,
        read_timeout_seconds=10,
        max_retry_attempts=3,
        max_pool_connections=settings.DYNAMODB_POOL,
        **local,
    )
