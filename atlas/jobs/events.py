"""What jobs tell the apps above (atlas.wiring lists who hears it)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobFileDownloaded:
    """Somebody opened a link to a job's file: personal data may have left the house."""

    job_id: str
    job_name: str
    file_name: str
    owner_id: str | None
    """Whose job it is."""
    by: str | None
    """The user whom the link was given to."""
    at: datetime
    ip_address: str
    user_agent: str
