"""Who uses Atlas: users, their browser sessions, their signed-in devices."""

from pynamodb.attributes import BooleanAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from accounts.rules.roles import Role, UserStatus
from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.table import Capacity, Schema, Table


class UserSettings(Document):
    notifications = BooleanAttribute(default=True)
    dark_mode = BooleanAttribute(attr_name="darkMode", default=False)


class UsersByEmail(GlobalSecondaryIndex["User"]):
    class Meta:
        index_name = "email-index"
        projection = AllProjection()

    email = UnicodeAttribute(hash_key=True)


class User(Table):
    """One person, whatever their role.

    - the user of a request: GetItem `id`
    - sign in: `email-index` (unique by the guard `uniques` `email:<address>`, written in the same transaction)
    """

    class Meta(Schema):
        name = "users"
        capacity = Capacity(write=10, read=50)
        retention = "kept; deletion = anonymisation"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    """Lower case; unique."""
    phone = UnicodeAttribute(default="")
    password_hash = UnicodeAttribute(attr_name="passwordHash")
    role = UnicodeEnumAttribute(Role)
    avatar = UnicodeAttribute(default="")
    settings = UserSettings(default=UserSettings)
    last_login = InstantAttribute(attr_name="lastLogin", null=True)
    status = UnicodeEnumAttribute(UserStatus, default=UserStatus.ACTIVE)
    profile_id = UnicodeAttribute(attr_name="profileId", null=True)
    """The operator or driver profile that this user acts as (a manager acts for the operator of their organization)."""
    credentials_epoch = IntegerAttribute(attr_name="credentialsEpoch", default=0)
    """Raised by a password change or suspension: every older token and session is void at once."""

    email_index = UsersByEmail()


class Session(Table):
    """A browser's session.

    - the session of a cookie: GetItem `id` (expiry is checked on read: DynamoDB deletes late)
    """

    class Meta(Schema):
        name = "sessions"
        retention = "SESSION_COOKIE_AGE (TTL)"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """SHA-256 of the cookie's key: a copy of the table opens no session."""
    data = UnicodeAttribute()
    user_id = UnicodeAttribute(attr_name="userId", null=True)
    expires_at = TTLAttribute(attr_name="expiresAt")


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

    id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    refresh_hash = UnicodeAttribute(attr_name="refreshHash")
    """SHA-256 of the one refresh token that is still good; another one of this family is a replay and ends it."""
    credentials_epoch = IntegerAttribute(attr_name="credentialsEpoch")
    revoked_at = InstantAttribute(attr_name="revokedAt", null=True)
    user_agent = UnicodeAttribute(attr_name="userAgent", default="")
    ip_address = UnicodeAttribute(attr_name="ipAddress", default="")
    expires_at = TTLAttribute(attr_name="expiresAt")

    user_index = FamiliesByUser()
