"""Who uses Atlas: users, their browser sessions, their signed-in devices."""

from datetime import timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

import accounts.access_log.tables
import accounts.holds.tables
import accounts.privacy.tables  # noqa: F401 (the app's further tables)
from accounts.rules.roles import Role, StaffRole, UserStatus
from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.shown import Shown
from atlas.dynamo.table import Capacity, Schema, Table, Upgrade
from atlas.trail import Trail


class UserSettings(Document):
    notifications = BooleanAttribute(default=True)
    dark_mode = BooleanAttribute(attr_name="darkMode", default=False)


class UsersByEmail(GlobalSecondaryIndex["User"]):
    class Meta:
        index_name = "email-index"
        projection = AllProjection()

    email = UnicodeAttribute(hash_key=True)


class Staff(GlobalSecondaryIndex["User"]):
    class Meta:
        index_name = "staff-index"
        projection = KeysOnlyProjection()

    staff_role = UnicodeEnumAttribute(StaffRole, hash_key=True, attr_name="staffRole")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


def give_admins_all_rights(item: dict[str, Any]) -> dict[str, Any]:
    """Before staff had roles of their own, an ADMIN might do everything."""
    return {**item, "staffRole": StaffRole.SUPERUSER.value} if item["role"] == Role.ADMIN.value else item


class User(Table):
    """One person, whatever their role.

    - the user of a request: GetItem `id`
    - sign in: `email-index` (unique by the guard `uniques` `email:<address>`, written in the same transaction)
    - staff of a role: `staff-index`, sparse, newest first
    """

    class Meta(Schema):
        name = "users"
        version = "1.1.0"
        upgrades = {"1.0.0": Upgrade("1.1.0", give_admins_all_rights)}
        capacity = Capacity(write=10, read=50)
        retention = "kept; deletion = anonymisation"
        shown = Shown("users", timedelta(minutes=5), frozenset({"id", "name", "avatar", "role", "status"}))
        personal = True
        trail = Trail(
            about=lambda user: user.id,
            plain=frozenset({"role", "staffRole", "status", "settings", "profileId", "credentialsEpoch"}),
            passing=frozenset({"lastLogin"}),
        )

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    """Lower case; unique."""
    phone = UnicodeAttribute(default="")
    password_hash = UnicodeAttribute(attr_name="passwordHash")
    role = UnicodeEnumAttribute(Role)
    staff_role = UnicodeEnumAttribute(StaffRole, attr_name="staffRole", null=True)
    """What an ADMIN may do (`accounts.staff`); nobody else has one."""
    avatar = UnicodeAttribute(default="")
    settings = UserSettings(default=UserSettings)
    last_login = InstantAttribute(attr_name="lastLogin", null=True)
    status = UnicodeEnumAttribute(UserStatus, default=UserStatus.ACTIVE)
    profile_id = UnicodeAttribute(attr_name="profileId", null=True)
    """The operator or driver profile that this user acts as (a manager acts for the operator of their organization)."""
    credentials_epoch = IntegerAttribute(attr_name="credentialsEpoch", default=0)
    """Raised by a password change or suspension: every older token and session is void at once."""
    second_factor_at = InstantAttribute(attr_name="secondFactorAt", null=True)
    """Since when a sign-in asks for a code too (`second-factors`); absent while the password alone is enough."""

    email_index = UsersByEmail()
    staff_index = Staff()


class SecondFactor(Table):
    """What makes somebody's one-time codes, and the recovery codes for when it is lost.

    - check a code, set one up: GetItem `userId`
    """

    class Meta(Schema):
        name = "second-factors"
        retention = "until switched off; one that was never confirmed, an hour (TTL)"
        personal = True

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    secret = UnicodeAttribute()
    """Sealed (`accounts.second_factor.seal`): a copy of the table makes no codes."""
    confirmed_at = InstantAttribute(attr_name="confirmedAt", null=True)
    """Absent until the first code has shown that the app has the secret."""
    last_step = IntegerAttribute(attr_name="lastStep", default=0)
    """The 30 seconds of the last code that was taken: none of that time or before is taken again."""
    recovery_hashes: ListAttribute[str] = ListAttribute(
        of=UnicodeAttribute,  # type: ignore[arg-type]
        attr_name="recoveryHashes",
        default=list,
    )
    """Of those that are left."""
    expires_at = TTLAttribute(attr_name="expiresAt", null=True)


class SessionsByUser(GlobalSecondaryIndex["Session"]):
    class Meta:
        index_name = "user-index"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


def _signed_in_when_created(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "signedInAt": item["createdAt"]}


class Session(Table):
    """A browser's session.

    - the session of a cookie: GetItem `id` (expiry is checked on read: DynamoDB deletes late)
    - the browsers in which a user is signed in: `user-index`, newest first; sessions of nobody are not in it
    """

    class Meta(Schema):
        name = "sessions"
        version = "1.1.0"
        upgrades = {"1.0.0": Upgrade("1.1.0", _signed_in_when_created)}
        retention = "SESSION_COOKIE_AGE (TTL)"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """SHA-256 of the cookie's key: a copy of the table opens no session."""
    data = UnicodeAttribute()
    user_id = UnicodeAttribute(attr_name="userId", null=True)
    user_agent = UnicodeAttribute(attr_name="userAgent", default="")
    ip_address = UnicodeAttribute(attr_name="ipAddress", default="")
    signed_in_at = InstantAttribute(attr_name="signedInAt", null=True)
    """`updatedAt` is when it was last seen, to some minutes (`SESSION_SEEN_EVERY`)."""
    expires_at = TTLAttribute(attr_name="expiresAt")

    user_index = SessionsByUser()


class FamiliesByUser(GlobalSecondaryIndex["TokenFamily"]):
    class Meta:
        index_name = "user-index"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class TokenFamily(Table):
    """One sign-in of an API client: the chain of refresh tokens that grew from it.

    - refresh, and is this access token's sign-in still good: GetItem `id`
    - a user's signed-in devices: `user-index`, newest first
    """

    class Meta(Schema):
        name = "auth-tokens"
        retention = "REFRESH_TOKEN_LIFE after the last refresh (TTL)"
        personal = True
        trail = Trail(about=lambda family: family.user_id)

    id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    refresh_hash = UnicodeAttribute(attr_name="refreshHash")
    """SHA-256 of the one refresh token that is still good; another one of this family is a replay and ends it."""
    credentials_epoch = IntegerAttribute(attr_name="credentialsEpoch")
    """It is good while this is the user's; the one sign-in that is kept when all others end moves along."""
    revoked_at = InstantAttribute(attr_name="revokedAt", null=True)
    user_agent = UnicodeAttribute(attr_name="userAgent", default="")
    ip_address = UnicodeAttribute(attr_name="ipAddress", default="")
    expires_at = TTLAttribute(attr_name="expiresAt")

    user_index = FamiliesByUser()
