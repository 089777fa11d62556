"""What the fleet does when it hears of a fact. Handlers are idempotent: they may hear it twice."""

from contextlib import suppress

from accounts.events import UserDeleted, UserRegistered
from accounts.rules.roles import Role
from accounts.services import suspend_user
from atlas.errors import NotFound
from fleet import services
from fleet.events import DriverDismissed, InvitationSent
from fleet.organizations.mail import send_invitation


def found_operator(event: UserRegistered) -> None:
    """Somebody signed up to run a company: it exists from now on, and waits for approval."""
    if event.role is Role.OPERATOR:
        services.found_operator(user_id=event.user_id, company_name=event.name)


def forget_person(event: UserDeleted) -> None:
    """A deleted user's driver profile holds nothing of them any more; a company without its owner quotes no more."""
    if event.profile_id is None:
        return
    if event.role is Role.DRIVER:
        services.forget_driver(driver_id=event.profile_id)
    if event.role is Role.OPERATOR:
        services.close_operator(operator_id=event.profile_id, user_id=event.user_id)


def suspend_dismissed(event: DriverDismissed) -> None:
    """A driver who was let go is out at once, everywhere."""
    with suppress(NotFound):  # they deleted their account meanwhile
        suspend_user(actor=None, user_id=event.user_id)


def mail_invitation(event: InvitationSent) -> None:
    """The letter with the link; at worst it comes twice."""
    send_invitation(event)
