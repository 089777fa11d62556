"""Files that people download and jobs write, in a private S3 bucket through django-storages.

    objects.write("jobs/1/result.csv", chunks, "text/csv")
    objects.url("jobs/1/result.csv", "bookings.csv", timedelta(minutes=1))

The same code everywhere: `make run` has an S3 server of its own behind `OBJECTS_ENDPOINT`, production leaves that
unset. Objects are never public; who may have one gets an address that is signed, expires, and always downloads.
"""

from atlas.objects.store import (
    delete,
    delete_under,
    exists,
    open,  # noqa: A004 (called objects.open)
    read_range,
    upload_url,
    url,
    write,
)

__all__ = ["delete", "delete_under", "exists", "open", "read_range", "upload_url", "url", "write"]
