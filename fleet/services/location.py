"""Where a driver is, kept now and then; the live stream of positions does not pass through DynamoDB."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from pynamodb.exceptions import UpdateError

from atlas.dynamo.attributes import utc_now
from fleet.tables import Driver, Location


def save_location(*, driver_id: str, location: Mapping[str, Any], min_interval: timedelta | None = None) -> bool:
    """Keep `location` (`lat`, `lng`, `heading`, `speed`, an aware `timestamp`) as `Driver.currentLocation`.

    One UpdateItem, under the condition that it is newer than what is stored, by `min_interval` (LOCATION_WRITE_SECONDS
    unless told otherwise); False when it is not, there is no such driver, or a transaction is writing the driver at
    this moment. The driver's version stays: whoever edits the driver meanwhile loses nothing but this position.
    """
    interval = timedelta(seconds=settings.LOCATION_WRITE_SECONDS) if min_interval is None else min_interval
    position = Location(**location)
    stored_at = Driver.current_location.timestamp
    newest_allowed = position.timestamp - interval
    due = stored_at <= newest_allowed if interval else stored_at < newest_allowed
    try:
        Driver._get_connection().update_item(
            driver_id,
            actions=[Driver.current_location.set(position), Driver.updated_at.set(utc_now())],
            condition=Driver.id.exists() & (Driver.current_location.does_not_exist() | due),
        )
    except UpdateError as error:
        if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
            raise
        return False
    return True
