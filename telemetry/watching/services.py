"""What an organization wants to be watched for: seen by owner, admin and manager, set by owner and admin."""

from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from fleet.rules.membership import Right
from telemetry.rules.limits import Bounds
from telemetry.tenancy import membership_of
from telemetry.watching import known
from telemetry.watching.bounds import bounds_of
from telemetry.watching.tables import SecuritySettings


def limits(*, user: CurrentUser) -> Bounds:
    """As they are in force, within seconds. Raises `Forbidden`."""
    organization_id = membership_of(user, Right.SEE_ALERTS).organization_id
    return bounds_of(known.limits_in(SecuritySettings.find(organization_id)))


@retried
def change_limits(*, user: CurrentUser, **changes: float | None) -> Bounds:
    """What is given changes; None takes a limit back to the platform's own. Raises `Forbidden`."""
    item = known.settings_of(membership_of(user, Right.CHANGE_ALERTS).organization_id)
    for name, value in changes.items():
        setattr(item, name, value)
    with transact() as tx:
        known.change(tx, item)
    return bounds_of(known.limits_in(item))
