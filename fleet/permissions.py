"""Who may call what of the fleet. Which rows are theirs is the selectors' matter: an outsider's ids give 404."""

from accounts.permissions import RoleIs
from accounts.rules.roles import Role


class RunsCompany(RoleIs):
    """Their own company: profile, prices, vehicles, drivers. Before its approval too, so that it can prepare."""

    def __init__(self) -> None:
        super().__init__(Role.OPERATOR)


class Drives(RoleIs):
    """Their own driver profile and status."""

    def __init__(self) -> None:
        super().__init__(Role.DRIVER)


class ApprovesCompanies(RoleIs):
    """Which companies wait, approval, suspension."""

    def __init__(self) -> None:
        super().__init__(Role.ADMIN)
