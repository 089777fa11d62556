"""The user as Django wants one (`AUTH_USER_MODEL`): the facade of the `users` table."""

from datetime import datetime
from itertools import chain
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac

from accounts import services, staff, tables
from accounts.rules.email import normalise_email
from accounts.rules.roles import Role, StaffRole, UserStatus
from atlas.errors import AtlasError
from atlas.facade.model import Facade
from atlas.facade.queryset import FacadeQuerySet


class UserManager(models.Manager.from_queryset(FacadeQuerySet)):  # type: ignore[misc]
    """What Django's commands call; each is a service."""

    def get_by_natural_key(self, email: str) -> "User":
        found: User = self.get(email=normalise_email(email))
        return found

    def create_user(self, email: str, password: str | None = None, *, name: str = "", **more: Any) -> "User":
        options = {"role": Role.CONCIERGE, **more}
        return User.from_item(services.create_user(email=email, password=password, name=name or email, **options))

    def create_superuser(self, email: str, password: str | None = None, **more: Any) -> "User":
        """`createsuperuser` shows a `ValidationError` as a message."""
        try:
            return self.create_user(email, password, **{**more, "role": Role.ADMIN})
        except AtlasError as error:
            raise ValidationError([*chain(*error.fields.values())] or error.message) from error


class User(Facade, AbstractBaseUser, table=tables.User, unique=("email",), names={"password_hash": "password"}):
    """One person. `request.user` everywhere; what it may do follows from its role alone."""

    id: str
    name: str
    email: str
    phone: str
    avatar: str
    role: Role
    staff_role: StaffRole | None
    status: UserStatus
    profile_id: str | None
    credentials_epoch: int
    second_factor_at: datetime | None
    version: int

    session_id: str | None = None
    """The sign-in by which a request or socket comes, where it is known (`accounts.signed_in`)."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "user"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_active(self) -> bool:  # type: ignore[override] # the stubs take it for an attribute
        return self.status == UserStatus.ACTIVE

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.role == Role.ADMIN

    @property
    def must_enrol(self) -> bool:
        """Staff who have to set up a second factor before they do anything else."""
        return settings.STAFF_SECOND_FACTOR_REQUIRED and self.role == Role.ADMIN and self.second_factor_at is None

    @property
    def is_superuser(self) -> bool:
        return self.is_staff and self.staff_role == StaffRole.SUPERUSER

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """`app.verb_model`, as Django's admin asks: answered from the one table of staff rights."""
        return self.is_active and staff.may_perm(self, perm, obj)

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and staff.may_see_app(self, app_label)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Changes with the password and with the epoch: every session of before is void at its next request."""
        return salted_hmac(
            "accounts.User.session", f"{self.password}:{self.credentials_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def _save_table(self, *args: Any, **options: Any) -> bool:
        if self.item is None:
            raise NotImplementedError("A user is made by accounts.services.create_user, which claims the e-mail.")
        if self.email != self.item.email:
            raise NotImplementedError("An e-mail moves by accounts.services.change_email, which moves its claim.")
        return super()._save_table(*args, **options)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise NotImplementedError("A user is anonymised by accounts.privacy.closing.erase_user; bookings stay.")


from accounts import records  # noqa: E402, F401 (the other models, which link to this one)
