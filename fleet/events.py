"""What the fleet tells (atlas.wiring lists who hears it)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriverDismissed:
    """An operator let a driver go: their account must not sign in any more."""

    driver_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class InvitationSent:
    """Somebody was invited; the letter with this salt's link must reach them."""

    invitation_id: str
    salt: str
