"""What the fleet does when it hears of a fact. Handlers are idempotent: they may hear it twice."""

from accounts.events import UserRegistered
from accounts.rules.roles import Role
from fleet import services


def found_operator(event: UserRegistered) -> None:
    """Somebody signed up to run a company: it exists from now on, and waits for approval."""
    if event.role is Role.OPERATOR:
        services.found_operator(user_id=event.user_id, company_name=event.name)
