"""Who may call what of telemetry. Whose vehicles and which staff: selectors, `accounts.staff`."""

from accounts.permissions import RoleIs
from accounts.rules.roles import Role


class OwnsVehicles(RoleIs):
    """Their company's vehicles."""

    def __init__(self) -> None:
        super().__init__(Role.OPERATOR)


class IsStaff(RoleIs):
    def __init__(self) -> None:
        super().__init__(Role.ADMIN)
