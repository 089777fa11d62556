"""An authenticator app for tests: it shows codes that were not used yet."""

import pyotp

from accounts.second_factor import services
from accounts.tables import SecondFactor, User
from atlas.dynamo.attributes import utc_now
from atlas.origin import Origin
from tests.factories import PASSWORD

HERE = Origin("127.0.0.1", "tests")


class Authenticator:
    """Of a user with a confirmed second factor and `recovery_codes`."""

    def __init__(self, user: User, secret: str, recovery_codes: list[str]) -> None:
        self.user_id, self.secret, self.recovery_codes = user.id, secret, recovery_codes

    @property
    def user(self) -> User:
        return User.fetch(self.user_id)

    def code(self) -> str:
        """One that is good now. What was used before is as long ago as no test may wait for."""
        factor = SecondFactor.fetch(self.user_id)
        factor.last_step = 0
        factor.save()
        return current_code(self.secret)


def current_code(secret: str, steps: int = 0) -> str:
    """The code of now, or of some steps of 30 seconds later."""
    return pyotp.TOTP(secret).at(utc_now(), counter_offset=steps)


def other_code(code: str) -> str:
    """A wrong one, whatever the time."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def enrolled(user: User, password: str = PASSWORD) -> Authenticator:
    """Set up as a person would, somewhere else, and long enough ago that the code of now is unused."""
    setup = services.begin(user=user, password=password, origin=HERE)
    confirmed = services.confirm(user=user, code=current_code(setup.secret), keep=None)
    factor = SecondFactor.fetch(user.id)
    factor.last_step = 0
    factor.save()
    user.refresh(consistent_read=True)
    return Authenticator(confirmed.user, setup.secret, confirmed.recovery_codes)
