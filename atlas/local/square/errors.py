"""Errors in Square's shape: ``{"errors": [{"category", "code", "detail", "field"}]}``."""

from typing import Any

INVALID_REQUEST = "INVALID_REQUEST_ERROR"


class SquareError(Exception):
    """Refuses a request; whatever it had begun is rolled back."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int = 400,
        category: str = INVALID_REQUEST,
        field: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.status, self.category, self.field = code, detail, status, category, field

    def item(self) -> dict[str, Any]:
        """One entry of the ``errors`` list."""
        entry = {"category": self.category, "code": self.code, "detail": self.detail}
        return entry if self.field is None else {**entry, "field": self.field}

    def body(self) -> dict[str, Any]:
        return {"errors": [self.item()]}


def not_found(what: str, identifier: str) -> SquareError:
    return SquareError("NOT_FOUND", f"Could not find {what} with id: {identifier}", status=404)


def unauthorized() -> SquareError:
    return SquareError(
        "UNAUTHORIZED",
        "This request could not be authorized.",
        status=401,
        category="AUTHENTICATION_ERROR",
    )


def version_mismatch(field: str) -> SquareError:
    """400 and not 409, because SDKs repeat a 409 by themselves, which can never succeed here."""
    return SquareError("VERSION_MISMATCH", "The version token does not match the current version.", field=field)


_BY_STATUS = {
    400: ("BAD_REQUEST", INVALID_REQUEST),
    403: ("FORBIDDEN", "AUTHENTICATION_ERROR"),
    404: ("NOT_FOUND", INVALID_REQUEST),
    405: ("METHOD_NOT_ALLOWED", INVALID_REQUEST),
    413: ("REQUEST_ENTITY_TOO_LARGE", INVALID_REQUEST),
    429: ("RATE_LIMITED", "RATE_LIMIT_ERROR"),
    500: ("INTERNAL_SERVER_ERROR", "API_ERROR"),
    502: ("BAD_GATEWAY", "API_ERROR"),
    503: ("SERVICE_UNAVAILABLE", "API_ERROR"),
    504: ("GATEWAY_TIMEOUT", "API_ERROR"),
}


def for_status(status: int, detail: str) -> SquareError:
    """The general error that Square gives with an HTTP status."""
    code, category = _BY_STATUS.get(status, ("BAD_REQUEST" if status < 500 else "INTERNAL_SERVER_ERROR", "API_ERROR"))  # noqa: PLR2004
    return SquareError(code, detail, status=status, category=category)
