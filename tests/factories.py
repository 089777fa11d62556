"""Things to test with, and to fill the demo with: each made through the services, so none can be impossible.

concierge = UserFactory()
operator = UserFactory(role=Role.OPERATOR, password=None)
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from factory.base import Factory
from factory.declarations import Sequence
from factory.faker import Faker

from accounts import services, sign_in
from accounts.rules.roles import Role
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.jobs import Job
from atlas.origin import Origin

PASSWORD = "7-quartz-owls-93-vex"
"""Shares few letters with any name: what resembles one is refused as a password."""


class UserFactory(Factory[User]):
    """A stored user; their password is `PASSWORD`."""

    class Meta:
        model = User

    name = Faker("name")  # type: ignore[no-untyped-call]
    email = Sequence(lambda n: f"person{n}@example.com")  # type: ignore[no-untyped-call]
    phone = Sequence(lambda n: f"+1212555{n % 10000:04d}")  # type: ignore[no-untyped-call]
    password = PASSWORD
    role = Role.CONCIERGE

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **values: Any) -> User:
        return services.create_user(**values)


def make_job(owner: User | None, **values: Any) -> Job:
    """A stored job that nobody does: as it stands, or with other values."""
    now = utc_now()
    day, end = now.date().isoformat(), now + timedelta(days=1)
    defaults = {"id": str(uuid4()), "name": "samples.nothing", "day": day, "expires_at": end}
    job = Job(**{**defaults, "owner_id": owner.id if owner else None, **values})
    job.save()
    return job


def bearer(user: User) -> dict[str, str]:
    """Headers of a signed-in API client: `client.get(path, headers=bearer(user))`."""
    signed_in = sign_in.sign_in(email=user.email, password=PASSWORD, origin=Origin("127.0.0.1", "tests"))
    return {"Authorization": f"Bearer {signed_in.access_token}"}
