"""An organization's own name and settings."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from fleet.organizations.access import member_with, still
from fleet.organizations.selectors import Belonging
from fleet.rules.membership import Right
from fleet.tables import Organization


@retried
def change_organization(
    *,
    user: CurrentUser,
    organization_id: str,
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    check: Callable[[Organization], None] | None = None,
) -> Belonging:
    """Change the name, and the settings that are given; the others stay. None takes a setting back to its default."""
    asks = member_with(user, organization_id, Right.CHANGE_SETTINGS, consistent=True)
    organization = Organization.fetch(organization_id)
    if check is not None:
        check(organization)
    if name is not None:
        organization.name = name
    kept = {**settings_of(organization), **(settings or {})}
    organization.settings = {name: value for name, value in kept.items() if value is not None}
    with transact() as tx:
        still(tx, asks)
        tx.save(organization)
    return Belonging(organization, asks.role)


def settings_of(organization: Organization) -> dict[str, Any]:
    """As plain values, under their names on the wire."""
    found: Any = organization.settings or {}
    return dict(found.as_dict() if hasattr(found, "as_dict") else found)
