"""A new password by e-mail, for who has forgotten the old one.

Asking tells nobody whether an address has an account: the request itself looks nothing up, a job does and sends. The
link is good for half an hour and once: it names the epoch, which the new password raises. It signs nobody in, so it is
no way around a second factor.
"""

import structlog
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import passwords, services, staff
from accounts.rules.email import normalise_email
from accounts.rules.roles import UserStatus
from accounts.selectors import user_by_email
from accounts.tables import User
from accounts.tasks import send_password_reset
from accounts.users import CurrentUser
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Invalid, Unavailable

log = structlog.get_logger(__name__)

SALT = "password-reset"
LONGEST = 512
PAUSE_SECONDS = 60
"""Between two letters to one address, however often somebody asks."""


def ask(*, email: str) -> None:
    """Send a link to the address, should it be somebody's. The same for every address; raises `Unavailable`."""
    try:
        send_password_reset.delay(normalise_email(email))
    except Exception as error:
        log.warning("password reset not queued", reason=type(error).__name__)
        raise Unavailable from error


def ask_for(*, actor: CurrentUser | None, user_id: str) -> None:
    """Staff have a link sent, and never learn it or the password. Raises `Forbidden`, `Conflict`, `Unavailable`."""
    user = User.fetch(user_id)
    staff.require(actor, "require_password", staff.ON_PEOPLE, user)
    if user.status != UserStatus.ACTIVE:
        raise Conflict("This account is not active.", code="wrong_state", details={"status": user.status})
    ask(email=user.email)


def send(email: str) -> bool:
    """The job's work. Whether there was somebody to send it to."""
    user = user_by_email(email)
    if user is None or user.status != UserStatus.ACTIVE or not _first_for_a_while(user.id):
        return False
    context = {"user": user, "address": address_of(user), "minutes": settings.PASSWORD_RESET_LIFE.seconds // 60}
    text = render_to_string("accounts/mail/password_reset.txt", context)
    send_mail(_("A new password for Atlas"), text, None, [user.email])
    return True


def address_of(user: User) -> str:
    """The link. The page behind it asks nobody outside, so that it is in no `Referer`."""
    token = signing.dumps([user.id, user.credentials_epoch], key=settings.TOKEN_KEY, salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('accounts:password_reset_confirm')}?{urlencode({'token': token})}"


def holder(token: str) -> User:
    """Whose link this is. Raises `Invalid` (`invalid_reset_token`) for one that is forged, too old, or was used."""
    if len(token) > LONGEST:
        raise _void()
    try:
        user_id, epoch = signing.loads(token, key=settings.TOKEN_KEY, salt=SALT, max_age=settings.PASSWORD_RESET_LIFE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _void() from error
    user = User.find(user_id, consistent=True)
    if user is None or user.status != UserStatus.ACTIVE or user.credentials_epoch != epoch:
        raise _void()
    return user


def reset(*, token: str, new_password: str) -> User:
    """Set the password and sign out everywhere. Raises `Invalid` (`invalid_reset_token`, or for a weak password)."""
    user = holder(token)
    passwords.check_strength(new_password, name=user.name, email=user.email, role=user.role, field="newPassword")
    password_hash, epoch = passwords.hashed(new_password), user.credentials_epoch

    def change(item: User, _: Transaction) -> None:
        if item.credentials_epoch != epoch:  # the link was used twice at the same time
            raise _void()
        item.password_hash = password_hash

    return services.change_and_sign_out(user.id, change)


def _first_for_a_while(user_id: str) -> bool:
    try:
        return bool(cache.add(f"password-reset:{user_id}", 1, PAUSE_SECONDS))
    except (RedisError, OSError):
        return True


def _void() -> Invalid:
    return Invalid("This link is too old, or was used before. Ask for another one.", code="invalid_reset_token")
