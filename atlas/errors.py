"""What can go wrong, in the words of the API (`design/api.md`, *Errors*).

A service raises one of these; the edge that called it (REST, WebSocket, page, command) says it in its own manner:
`atlas.api.exceptions` turns it into `{"error": {"code", "message", "fields", ...}}` with `status`.
Losing a race is a `Conflict`: a normal outcome, with the state as it is now in `details`.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class AtlasError(Exception):
    """Base of all expected failures.

    `code` is stable and machine-readable, `message` says what to do, `fields` names the faulty inputs
    (camelCase, dotted for nested ones), `details` joins the error object as further members.
    """

    status = 400
    code = "invalid"
    message = "The request is not valid."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
        details: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message or type(self).message
        self.code = code or type(self).code
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        self.details = dict(details or {})
        self.retry_after = retry_after
        """Seconds after which to try again, sent as `Retry-After`."""
        super().__init__(self.message)


class Invalid(AtlasError):
    """400: the input breaks a rule; `fields` says where."""


class InvalidCursor(Invalid):
    code = "invalid_cursor"
    message = "This cursor is not one of ours, or belongs to another list. Start again without it."


class Unauthenticated(AtlasError):
    status = 401
    code = "unauthenticated"
    message = "Sign in first."


class PaymentDeclined(AtlasError):
    status = 402
    code = "card_declined"
    message = "The card was declined. Nothing was changed; try another card."


class Forbidden(AtlasError):
    status = 403
    code = "forbidden"
    message = "You may not do this."


class NotFound(AtlasError):
    """404: not there, or not yours to know of."""

    status = 404
    code = "not_found"
    message = "There is nothing here."


class Conflict(AtlasError):
    """409: a lost race or a wrong state; `details` carries the state as it is now."""

    status = 409
    code = "conflict"
    message = "Somebody else was first. Look at it again."


class Stale(AtlasError):
    """412: `If-Match` names a version that is no longer the current one."""

    status = 412
    code = "stale"
    message = "It was changed since you read it. Read it again and repeat your change."


class TooMany(AtlasError):
    status = 429
    code = "too_many_requests"
    message = "Too many tries. Wait a little."


class Unavailable(AtlasError):
    """503: the store, the cache or the payment provider is away; nothing was half done."""

    status = 503
    code = "unavailable"
    message = "Atlas cannot reach its store right now. Nothing was changed; try again shortly."

    def __init__(self, message: str | None = None, *, retry_after: int = 5, **more: Any) -> None:
        super().__init__(message, retry_after=retry_after, **more)
