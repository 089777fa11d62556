"""What the server is started with."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

DEFAULT_ACCESS_TOKEN = "local-sandbox-token"  # noqa: S105 - opens nothing but a local sandbox
DEFAULT_LOCATION_ID = "L-ATLAS-LOCAL"
DEFAULT_SIGNATURE_KEY = "local-sandbox-webhook-key"


@dataclass(frozen=True, kw_only=True)
class Config:
    """Immutable settings of one server process.

    ``refund_settle`` is how long a refund stays PENDING, by the sandbox clock. ``public_url`` is the server's own
    address, used in receipt links. ``webhook_url`` empty means that no event is delivered.
    """

    database: Path
    public_url: str = "http://127.0.0.1:8101"
    access_token: str = field(default=DEFAULT_ACCESS_TOKEN, repr=False)
    location_id: str = DEFAULT_LOCATION_ID
    merchant_id: str = "MLLOCALSANDBOX"
    currency: str = "USD"
    webhook_url: str = ""
    webhook_signature_key: str = field(default=DEFAULT_SIGNATURE_KEY, repr=False)
    refund_settle: timedelta = timedelta(seconds=1)
