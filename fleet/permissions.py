"""Who may call what of the fleet. Which rows are theirs is the selectors' matter: an outsider's ids give 404."""

from accounts.permissions import RoleIs
from accounts.rules.roles import Role

RUNS_A_COMPANY = RoleIs(Role.OPERATOR)
"""Their own company: profile, prices, vehicles, drivers. Before its approval too, so that it can prepare."""

DRIVES = RoleIs(Role.DRIVER)
"""Their own driver profile and status."""

APPROVES_COMPANIES = RoleIs(Role.ADMIN)
"""Which companies wait, approval, suspension."""
