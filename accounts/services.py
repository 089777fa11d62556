"""Every change of a user. Signing in and out is in `accounts.sign_in`, forgetting somebody in `accounts.privacy`."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from accounts import lockout, passwords, staff, superusers
from accounts.events import UserRegistered
from accounts.rules.contact import clean_avatar, clean_email, clean_name, clean_phone
from accounts.rules.email import claim
from accounts.rules.roles import SELF_REGISTERED, Role, StaffRole, UserStatus
from accounts.tables import User
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.live.publish import sign_out as sign_out_sockets
from atlas.origin import Origin
from atlas.tables import Unique


def register(*, name: str, email: str, phone: str = "", password: str, role: Role) -> User:
    """Sign up. The e-mail's claim, the user and `UserRegistered` hold together or not at all.

    Raises `Invalid`, and `Conflict` (`email_taken`). Drivers are added by their operator, admins by admins.
    """
    if role not in SELF_REGISTERED:
        raise Invalid(fields={"role": [f"One of {', '.join(sorted(SELF_REGISTERED))}."]})
    user = _new_user(name=name, email=email, phone=phone, password=password, role=role)
    event = UserRegistered(user.id, role, user.name, user.email, user.phone)
    return _store(user, lambda tx: outbox.add(tx, event))


def create_user(
    *,
    tx: Transaction | None = None,
    name: str,
    email: str,
    phone: str = "",
    password: str | None,
    role: Role,
    profile_id: str | None = None,
    user_id: str | None = None,
    **more: Any,
) -> User:
    """Add a user of any role, in the caller's transaction where there is one (two items of it).

    `password` None makes an account that nobody can sign in to yet. Raises `Invalid`; `Conflict` (`email_taken`), with
    `tx` at its commit.
    """
    user = _new_user(
        user_id=user_id,
        name=name,
        email=email,
        phone=phone,
        password=password,
        role=role,
        profile_id=profile_id,
        **more,
    )
    if tx is not None:
        _claim_and_create(tx, user)
        return user
    return _store(user)


@retried
def change_profile(*, user: CurrentUser, check: Callable[[User], None] | None = None, **changes: Any) -> User:
    """Change `name`, `phone`, `avatar`, and members of `settings`. Only what is given changes.

    `check` may refuse the user as they are now: the edge's `If-Match`, held by the save's own version condition.
    """
    item = _active(user.id)
    if check is not None:
        check(item)
    if "name" in changes:
        item.name = clean_name(changes["name"])
    if "phone" in changes:
        item.phone = clean_phone(changes["phone"])
    if "avatar" in changes:
        item.avatar = clean_avatar(changes["avatar"] or "")
    for member, value in changes.get("settings", {}).items():
        setattr(item.settings, member, value)
    with transact() as tx:
        tx.save(item)
    return item


def change_email(*, user: CurrentUser, email: str, password: str, origin: Origin) -> User:
    """Move to another address: its claim, the old one's release and the user in one transaction."""
    email = clean_email(email)
    confirm_password(user, password, origin, field="password")
    return _move_email(user.id, email)


@retried
def _move_email(user_id: str, email: str) -> User:
    item = _active(user_id)
    if item.email == email:
        return item
    with transact() as tx:
        release_email(tx, item)
        item.email = email
        _claim_email(tx, item)
        tx.save(item)
    return item


def change_password(*, user: CurrentUser, current_password: str, new_password: str, origin: Origin) -> User:
    """Every token and session of before is void at once; a page keeps its own by renewing its session hash."""
    confirm_password(user, current_password, origin, field="currentPassword")
    passwords.check_strength(new_password, name=user.name, email=user.email, role=user.role, field="newPassword")
    password_hash = passwords.hashed(new_password)

    def change(item: User, _: Transaction) -> None:
        item.password_hash = password_hash

    return change_and_sign_out(user.id, change)


def suspend_user(*, actor: CurrentUser | None, user_id: str) -> User:
    """Out at once, everywhere, until reactivated. `actor` None is the platform itself, otherwise staff with the right.

    Raises `Forbidden`, `Conflict` (`last_superuser`).
    """

    def change(item: User, tx: Transaction) -> None:
        staff.require(actor, "suspend", staff.ON_PEOPLE, item)
        superusers.keep_one(tx, item)
        item.status = UserStatus.SUSPENDED

    return change_and_sign_out(user_id, change)


@retried
def reactivate_user(*, actor: CurrentUser | None, user_id: str) -> User:
    """Lift a suspension; they sign in anew."""
    item = _existing(user_id)
    staff.require(actor, "reactivate", staff.ON_PEOPLE, item)
    item.status = UserStatus.ACTIVE
    with transact() as tx:
        tx.save(item)
    return item


@retried
def attach_profile(*, tx: Transaction | None = None, user_id: str, profile_id: str) -> User:
    """Name the operator or driver profile that a user acts as, in the caller's transaction where there is one."""
    item = _existing(user_id)
    item.profile_id = profile_id
    if tx is not None:
        tx.save(item)
        return item
    with transact() as own:
        own.save(item)
    return item


def _new_user(
    *, user_id: str | None = None, name: str, email: str, phone: str, password: str | None, role: Role, **more: Any
) -> User:
    name, email = clean_name(name), clean_email(email)
    if role is Role.ADMIN:
        more.setdefault("staff_role", StaffRole.SUPERUSER)
    if password is not None:
        passwords.check_strength(password, name=name, email=email, role=role)
    return User(
        id=user_id or str(uuid4()),
        name=name,
        email=email,
        phone=clean_phone(phone),
        password_hash=passwords.hashed(password),
        role=role,
        **more,
    )


@retried
def _store(user: User, also: Callable[[Transaction], None] | None = None) -> User:
    with transact() as tx:
        _claim_and_create(tx, user)
        if also is not None:
            also(tx)
    return user


def _claim_and_create(tx: Transaction, user: User) -> None:
    _claim_email(tx, user)
    tx.create(user)


def _claim_email(tx: Transaction, user: User) -> None:
    taken = Conflict(
        "This e-mail has an account already.", code="email_taken", fields={"email": ["This e-mail is taken."]}
    )
    tx.create(Unique(key_=claim(user.email), owner_id=user.id), otherwise=taken)


def release_email(tx: Transaction, user: User) -> None:
    """Whoever comes next may have the address."""
    held = Unique.find(claim(user.email), consistent=True)
    if held is not None and held.owner_id == user.id:
        tx.delete(held)


@retried
def change_and_sign_out(user_id: str, change: Callable[[User, Transaction], None]) -> User:
    """Change a user so that whatever was signed in before is void: tokens and sessions by the epoch, sockets told."""
    item = _existing(user_id)
    with transact() as tx:
        change(item, tx)
        item.credentials_epoch += 1
        tx.save(item)
        tx.on_commit(lambda: close_sockets(user_id))
    return item


def close_sockets(user_id: str) -> None:
    sign_out_sockets(user_id)


def confirm_password(user: CurrentUser, password: str, origin: Origin, *, field: str) -> None:
    """The person behind the session or token, and not only who holds it. Failures count towards the lockout."""
    lockout.count_try(user.email, origin.ip_address)
    correct, _ = passwords.verify(password, _active(user.id))
    if not correct:
        raise Invalid("The password is wrong.", code="wrong_password", fields={field: ["The password is wrong."]})
    lockout.forgive(user.email, origin.ip_address)


def _existing(user_id: str) -> User:
    item = User.fetch(user_id)
    if item.status == UserStatus.DELETED:
        raise NotFound
    return item


def _active(user_id: str) -> User:
    item = User.fetch(user_id)
    if item.status != UserStatus.ACTIVE:
        raise Forbidden
    return item
