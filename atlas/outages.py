"""Which exceptions mean that a part of the outside (DynamoDB, Redis, the broker) is away or overloaded.

One rule for REST, pages, sockets and commands: such a failure is a 503 with `Retry-After`.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

AWAY = (BotoConnectionError, HTTPClientError, OperationalError, RedisConnectionError, RedisTimeoutError)

BUSY = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TransactionInProgressException",
}
"""Error codes of DynamoDB and S3 after which the same request may well succeed later."""


def is_outage(error: BaseException | None) -> bool:
    """Whether `error`, or what it was raised from, says that a store is away, busy or throttling."""
    return any(isinstance(each, AWAY) or _code(each) in BUSY for each in _causes(error))


def _code(error: BaseException) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what lies under it: in PynamoDB's `cause`, or in Python's `__cause__`."""
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "cause", None) or error.__cause__
