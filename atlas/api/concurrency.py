"""Lost updates: an item's version is its `ETag`, and `If-Match` on a PATCH gives 412 when it has moved on.

The header only says which version the client read; that nobody comes between this check and the save is the
save's own version condition, which loses as a `Conflict`.
"""

from django.utils.http import parse_etags
from rest_framework.request import Request

from atlas.errors import Invalid, Stale


def etag(version: int) -> str:
    return f'"{version}"'


def check_version(request: Request, version: int) -> None:
    """Raises `Stale` (412) when `If-Match` names other versions than the item's.

    Weak tags count too: a proxy that compresses an answer weakens its tag, and ours names the item, not its bytes.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return
    wanted = parse_etags(header)
    if not wanted:
        raise Invalid('If-Match must be an ETag such as "3".', code="malformed")
    if "*" not in wanted and etag(version) not in {tag.removeprefix("W/") for tag in wanted}:
        raise Stale(details={"version": version})
