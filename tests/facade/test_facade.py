"""A table as Django sees it: fields from attributes, keyed reads, saves of what changed, everything else refused."""

from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import NotSupportedError, models

from accounts.models import User
from accounts.rules.roles import Role, UserStatus
from accounts.tables import User as UserItem
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import Lost
from atlas.facade.fields import EnumField, field_for
from atlas.tables import Unique
from tests.factories import PASSWORD, UserFactory


@pytest.fixture
def ada() -> UserItem:
    item: UserItem = UserFactory.create(name="Ada Byron")
    return item


def test_fields_come_from_the_table() -> None:
    fields: dict[str, Any] = {field.name: field for field in User._meta.fields}
    assert set(fields) == set(UserItem.get_attributes()) - {"password_hash"} | {"password"}
    assert (type(fields["id"]), fields["id"].primary_key) == (models.CharField, True)
    assert isinstance(fields["last_login"], models.DateTimeField)
    assert fields["last_login"].null
    assert isinstance(fields["role"], EnumField)
    assert [value for value, _ in fields["role"].choices or ()] == [role.value for role in Role]
    assert fields["email"].unique
    assert fields["password"].column == "passwordHash"
    assert (User._meta.managed, User._meta.db_table) == (False, "atlas-users")


def test_an_attribute_without_a_field_is_refused_by_name() -> None:
    from pynamodb.attributes import BinaryAttribute  # noqa: PLC0415

    attribute = BinaryAttribute(legacy_encoding=False, attr_name="photo")
    with pytest.raises(TypeError, match=r"photo: .* BinaryAttribute"):
        field_for("photo", attribute, unique=False)


@pytest.mark.parametrize(
    ("lookup", "operations"),
    [
        (lambda ada: {"pk": ada.id}, ["GetItem atlas-users"]),
        (lambda ada: {"id": ada.id, "name": ada.name}, ["GetItem atlas-users"]),
        (lambda ada: {"pk__in": [ada.id, "nobody"]}, ["BatchGetItem atlas-users"]),
        (lambda ada: {"email": ada.email}, ["Query atlas-users"]),
        (lambda ada: {"email": ada.email, "role__in": [Role.CONCIERGE, Role.ADMIN]}, ["Query atlas-users"]),
    ],
)
def test_keyed_reads(ada: UserItem, lookup: Any, operations: list[str]) -> None:
    with measure() as cost:
        found = User.objects.get(**lookup(ada))
    assert cost.operations == operations
    assert (found.id, found.role, found.status, found.item.version) == (ada.id, Role.CONCIERGE, UserStatus.ACTIVE, 1)
    assert found.settings == {"notifications": True, "dark_mode": False}
    assert isinstance(found.created_at, datetime)


def test_further_conditions_narrow(ada: UserItem) -> None:
    users = User.objects
    assert not users.filter(pk=ada.id, role=Role.ADMIN).exists()
    assert not users.filter(email=ada.email).exclude(pk=ada.id).exists()
    assert users.filter(pk=ada.id).exclude(role=Role.ADMIN).count() == 1
    assert [user.pk for user in users.filter(pk__in=[ada.id, UserFactory.create().id])[:1]] == [ada.id]


def test_nothing_is_read_for_nothing() -> None:
    with measure() as cost:
        assert list(User.objects.none()) == []
        assert list(User.objects.filter(pk__in=[])) == []
        with pytest.raises(User.DoesNotExist):
            User.objects.get(pk__in=[])
    assert cost.calls == 0


@pytest.mark.parametrize(
    "query",
    [
        User.objects.all,
        lambda: User.objects.filter(name="Ada"),
        lambda: User.objects.exclude(pk="x"),
    ],
)
def test_a_scan_is_refused_with_the_keys_that_work(query: Any) -> None:
    with measure() as cost, pytest.raises(NotSupportedError, match=r"Look up by id, or by email \(email-index\)"):
        list(query())
    assert cost.calls == 0


@pytest.mark.parametrize(
    "query",
    [
        lambda: User.objects.filter(pk__startswith="x"),
        lambda: User.objects.filter(pk__in=User.objects.filter(pk="x")),
        lambda: User.objects.filter(models.Q(pk="x") | models.Q(email="y")),
        lambda: User.objects.filter(pk=models.F("name")),
        lambda: User.objects.filter(email="x").order_by("name"),
        lambda: User.objects.filter(pk="x").annotate(n=models.Count("id")),
        lambda: User.objects.filter(pk="x").distinct(),
        lambda: User.objects.filter(pk="x").values("name").distinct(),
        lambda: [User.objects.filter(pk="x").update(name="y")],
        lambda: [User.objects.filter(pk="x").delete()],
        lambda: [User.objects.bulk_create([User()])],
    ],
)
def test_what_needs_sql_is_refused(query: Any) -> None:
    with measure() as cost, pytest.raises(NotSupportedError):
        list(query())
    assert cost.calls == 0


def test_saving_writes_what_changed(ada: UserItem) -> None:
    user = User.objects.get(pk=ada.id)
    with measure() as cost:
        user.save()
    assert cost.calls == 0
    user.name = "Ada King"
    user.settings = {"notifications": True, "dark_mode": True}
    with measure() as cost:
        user.save()
    assert (cost.calls, cost.operations[0].split()[0]) == (1, "TransactWriteItems"), "with what the access log tells"
    stored = UserItem.fetch(ada.id)
    assert (stored.name, stored.settings.dark_mode, stored.version) == ("Ada King", True, 2)
    assert stored.updated_at > ada.updated_at
    assert user.version == 2
    user.phone, user.name = "+15550100", "Not written"
    user.save(update_fields=["phone"])
    assert UserItem.fetch(ada.id).name == "Ada King"


def test_a_stale_save_loses(ada: UserItem) -> None:
    first, second = User.objects.get(pk=ada.id), User.objects.get(pk=ada.id)
    first.name = "First"
    first.save()
    second.name = "Second"
    with pytest.raises(Lost):
        second.save()
    assert UserItem.fetch(ada.id).name == "First"
    second.refresh_from_db()
    second.name = "Second"
    second.save()
    assert UserItem.fetch(ada.id).name == "Second"


def test_what_is_a_service_alone_is_refused(ada: UserItem) -> None:
    user = User.objects.get(pk=ada.id)
    user.email = "other@example.com"
    for forbidden in (user.save, user.delete, User(email="x@example.com", name="x").save):
        with pytest.raises(NotImplementedError, match=r"accounts\.(services|privacy)\."):
            forbidden()
    assert UserItem.fetch(ada.id).email == ada.email


def test_rights_follow_from_the_role() -> None:
    admin = User.from_item(UserFactory.create(role=Role.ADMIN))
    operator = User.from_item(UserFactory.create(role=Role.OPERATOR))
    for user, allowed in ((admin, True), (operator, False)):
        assert (user.is_staff, user.is_superuser, user.has_perm("x.y"), user.has_module_perms("x")) == (allowed,) * 4
        assert (user.is_active, user.is_authenticated, user.is_anonymous) == (True, True, False)
    admin.status = UserStatus.SUSPENDED
    assert not admin.is_staff


def test_createsuperuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="Root@example.com", name="Root", verbosity=0)
    root = User.objects.get_by_natural_key("ROOT@example.com")
    assert (root.role, root.is_superuser, root.check_password(PASSWORD)) == (Role.ADMIN, True, True)
    assert Unique.fetch("email:root@example.com").owner_id == root.pk
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", interactive=False, email="root@example.com", name="Root", verbosity=0)
