"""Setting up a second factor, renewing its recovery codes, switching it off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from django.conf import settings

from accounts import lockout, signed_in, staff
from accounts.rules import second_factor as rules
from accounts.rules.roles import Role
from accounts.second_factor import codes, seal
from accounts.services import confirm_password
from accounts.tables import SecondFactor, User
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import expiry
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Invalid
from atlas.origin import Origin

SETUP_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with somebody's second factor."""

    active_since: datetime | None
    recovery_codes_left: int
    mandatory: bool
    """Staff, where `STAFF_SECOND_FACTOR_REQUIRED` is set."""

    @property
    def active(self) -> bool:
        return self.active_since is not None


@dataclass(frozen=True, slots=True)
class Setup:
    """What goes into the authenticator app."""

    secret: str
    otpauth_uri: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The user under their new epoch, and the recovery codes, which nobody sees again."""

    user: User
    recovery_codes: list[str]


def state(*, user: CurrentUser) -> State:
    factor = SecondFactor.find(user.id, consistent=True)
    mandatory = settings.STAFF_SECOND_FACTOR_REQUIRED and user.role == Role.ADMIN
    if factor is None or factor.confirmed_at is None:
        return State(None, 0, mandatory)
    return State(factor.confirmed_at, len(factor.recovery_hashes), mandatory)


@retried
def _begin(user_id: str) -> Setup:
    now = utc_now()
    before = SecondFactor.find(user_id, consistent=True)
    if before is not None and before.confirmed_at is not None:
        raise Conflict("You have a second factor already. Switch it off first.", code="second_factor_active")
    secret = pyotp.random_base32()
    factor = before or SecondFactor(user_id=user_id, secret="")
    factor.secret = seal.sealed(secret, user_id)
    factor.expires_at = expiry(now.replace(microsecond=0), SETUP_LIFE)
    with transact() as tx:
        tx.save(factor)
    return _setup(factor, secret, User.fetch(user_id).email)


def begin(*, user: CurrentUser, password: str, origin: Origin) -> Setup:
    """A new secret, which counts once a code of it was seen. Whoever holds an open session alone cannot do it.

    Raises `Conflict` (`second_factor_active`), `Invalid` (`wrong_password`).
    """
    confirm_password(user, password, origin, field="password")
    return _begin(user.id)


def pending(*, user: CurrentUser) -> Setup | None:
    """The secret that was begun and is not confirmed yet."""
    factor = SecondFactor.find(user.id, consistent=True)
    if factor is None or not _is_pending(factor):
        return None
    return _setup(factor, seal.opened(factor.secret, user.id), user.email)


def confirm(*, user: CurrentUser, code: str, keep: str | None) -> Confirmed:
    """Switch it on by a first code. Every other sign-in ends: it was made with the password alone.

    `keep` is the key of the one that stays (`signed_in.current_key`). Raises `Invalid` (`wrong_code`), `Conflict`
    (`second_factor_not_begun`, `second_factor_active`).
    """
    lockout.count_code(user.id)
    confirmed = _confirm(user.id, code, keep)
    lockout.forgive_code(user.id)
    return confirmed


@retried
def _confirm(user_id: str, code: str, keep: str | None) -> Confirmed:
    now = utc_now()
    factor = SecondFactor.find(user_id, consistent=True)
    if factor is not None and factor.confirmed_at is not None:
        raise Conflict("You have a second factor already.", code="second_factor_active")
    if factor is None or not _is_pending(factor):
        raise Conflict("Begin to set it up first.", code="second_factor_not_begun")
    if rules.is_recovery_code(code) or not codes.take(factor, code, now):
        raise wrong_code()
    factor.confirmed_at = now
    factor.expires_at = None
    recovery_codes = codes.give_recovery_codes(factor)
    item = User.fetch(user_id)
    item.second_factor_at = now
    with transact() as tx:
        tx.save(factor)
        signed_in.end_all_but(tx, item, keep)
    return Confirmed(item, recovery_codes)


def renew_recovery_codes(*, user: CurrentUser, password: str, code: str, origin: Origin) -> list[str]:
    """Ten new ones; those of before are void. Raises `Invalid` (`wrong_password`, `wrong_code`)."""
    confirm_password(user, password, origin, field="password")
    lockout.count_code(user.id)
    found = _renew(user.id, code)
    lockout.forgive_code(user.id)
    return found


@retried
def _renew(user_id: str, code: str) -> list[str]:
    factor = _active(user_id)
    if not codes.take(factor, code, utc_now()):
        raise wrong_code()
    found = codes.give_recovery_codes(factor)
    with transact() as tx:
        tx.save(factor)
    return found


def switch_off(*, user: CurrentUser, password: str, code: str, origin: Origin) -> User:
    """The password alone is enough again. Raises `Invalid` (`wrong_password`, `wrong_code`)."""
    confirm_password(user, password, origin, field="password")
    lockout.count_code(user.id)
    item = _switch_off(user.id, code)
    lockout.forgive_code(user.id)
    return item


@retried
def _switch_off(user_id: str, code: str) -> User:
    factor = _active(user_id)
    if not codes.take(factor, code, utc_now()):
        raise wrong_code()
    item = User.fetch(user_id)
    item.second_factor_at = None
    with transact() as tx:
        tx.delete(factor)
        tx.save(item)
    return item


@retried
def reset(*, actor: CurrentUser | None, user_id: str) -> User:
    """For who has lost both app and recovery codes: staff who may (`accounts.staff`) take the factor away, and the
    person is signed out everywhere. Nobody does it to themselves. `actor` None is the platform itself.
    """
    item = User.fetch(user_id)
    staff.require(actor, "reset_second_factor", staff.ON_PEOPLE, item)
    factor = SecondFactor.find(user_id, consistent=True)
    with transact() as tx:
        if factor is not None:
            tx.delete(factor)
        item.second_factor_at = None
        signed_in.end_all_but(tx, item, None)
    return item


def wrong_code() -> Invalid:
    sentence = "This code is wrong, or was used before."
    return Invalid(sentence, code="wrong_code", fields={"code": [sentence]})


def _active(user_id: str) -> SecondFactor:
    factor = SecondFactor.find(user_id, consistent=True)
    if factor is None or factor.confirmed_at is None:
        raise Conflict("You have no second factor.", code="second_factor_inactive")
    return factor


def _is_pending(factor: SecondFactor) -> bool:
    return factor.confirmed_at is None and factor.expires_at is not None and factor.expires_at > utc_now()


def _setup(factor: SecondFactor, secret: str, email: str) -> Setup:
    assert factor.expires_at is not None
    return Setup(secret, rules.otpauth_uri(secret, email), factor.expires_at)
