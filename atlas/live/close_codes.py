"""Why a socket was closed. 44xx are ours, the others are of RFC 6455 and its registry."""

from enum import IntEnum

from atlas.errors import AtlasError


class CloseCode(IntEnum):
    POLICY_VIOLATION = 1008
    TOO_LARGE = 1009
    INTERNAL_ERROR = 1011
    TRY_AGAIN_LATER = 1013
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    TOO_FAST = 4429
    """Sends too much, or reads too slowly."""


SERVER_ERRORS = 500
_BY_STATUS = {
    401: CloseCode.UNAUTHENTICATED,
    403: CloseCode.FORBIDDEN,
    404: CloseCode.NOT_FOUND,
    429: CloseCode.TOO_FAST,
    503: CloseCode.TRY_AGAIN_LATER,
}


def close_code(error: AtlasError) -> CloseCode:
    """How a socket says what REST would say with `error.status`."""
    other = CloseCode.INTERNAL_ERROR if error.status >= SERVER_ERRORS else CloseCode.POLICY_VIOLATION
    return _BY_STATUS.get(error.status, other)
