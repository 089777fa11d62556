"""Companies, their people and cars, for tests and for the demo: made through the services, so none can be impossible.

operator = OperatorFactory(company_name="Harbour Cars")
driver = DriverFactory(operator=operator)
vehicle = VehicleFactory(operator=operator, category=VehicleCategory.SUV)

Without a `password` nobody can sign in to the account. What a service does not take (a rating, a status, trips driven)
is written afterwards.
"""

from datetime import timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from factory.base import Factory
from factory.declarations import LazyAttribute, LazyFunction, Sequence
from factory.faker import Faker

from accounts.rules.roles import Role
from accounts.services import create_user
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import Table
from fleet import services
from fleet.rules.membership import ACTS_FOR_COMPANY
from fleet.rules.types import OperatorStatus, VehicleCategory
from fleet.tables import Driver, Operator, Organization, OrganizationUser, Vehicle

Item = TypeVar("Item", bound=Table)


class Model(NamedTuple):
    """What is typically driven in a category."""

    name: str
    passengers: int
    luggage: int
    features: tuple[str, ...]


MODELS = {
    VehicleCategory.SEDAN: Model("Mercedes-Benz S 500", 3, 2, ("Wi-Fi", "Leather")),
    VehicleCategory.SUV: Model("Cadillac Escalade", 6, 6, ("Wi-Fi", "Child seat")),
    VehicleCategory.SPRINTER: Model("Mercedes-Benz Sprinter", 12, 12, ("Wi-Fi", "Table")),
    VehicleCategory.LIMO: Model("Lincoln Stretch Limousine", 8, 4, ("Bar", "Partition")),
}


class OperatorFactory(Factory[Operator]):
    """A stored, ACTIVE operator with organization and owner; `user` or `name`, `email`, `password` say who runs it."""

    class Meta:
        model = Operator

    user: User | None = None
    name = Faker("name")  # type: ignore[no-untyped-call]
    email = Sequence(lambda n: f"operator{n}@example.com")  # type: ignore[no-untyped-call]
    password = None
    company_name = Sequence(lambda n: f"Chauffeurs No. {n + 1}")  # type: ignore[no-untyped-call]
    business_license = Sequence(lambda n: f"TLC-{40_000 + n}")  # type: ignore[no-untyped-call]
    status = OperatorStatus.ACTIVE

    @classmethod
    def _create(cls, model_class: type[Operator], *args: Any, **values: Any) -> Operator:
        account = {name: values.pop(name) for name in ("name", "email", "password")}
        user = values.pop("user") or create_user(role=Role.OPERATOR, **account)
        operator = services.found_operator(user_id=user.id, company_name=values.pop("company_name"))
        if operator is None:
            raise ValueError(f"{user} runs a company already.")
        return _with(operator, values)


class DriverFactory(Factory[Driver]):
    """A stored driver of `operator`, licensed for two years, all documents verified."""

    class Meta:
        model = Driver

    operator: Operator
    name = Faker("name")  # type: ignore[no-untyped-call]
    email = Sequence(lambda n: f"driver{n}@example.com")  # type: ignore[no-untyped-call]
    phone = Sequence(lambda n: f"+1212556{n % 10000:04d}")  # type: ignore[no-untyped-call]
    password = None
    license_number = Sequence(lambda n: f"NY {882_441_000 + n}")  # type: ignore[no-untyped-call]
    license_expiry = LazyFunction(lambda: utc_now().date() + timedelta(days=730))  # type: ignore[no-untyped-call]
    documents = LazyFunction(  # type: ignore[no-untyped-call]
        lambda: {"license": True, "background_check": True, "insurance": True}
    )

    @classmethod
    def _create(cls, model_class: type[Driver], *args: Any, **values: Any) -> Driver:
        taken = ("name", "email", "phone", "password", "license_number", "license_expiry", "documents")
        asked = {name: values.pop(name) for name in taken}
        return _with(services.add_driver(user=_owner(values.pop("operator")), **asked), values)


class VehicleFactory(Factory[Vehicle]):
    """A stored vehicle of `operator`, typical of its category."""

    class Meta:
        model = Vehicle

    operator: Operator
    category = VehicleCategory.SEDAN
    name = LazyAttribute(lambda made: MODELS[made.category].name)  # type: ignore[no-untyped-call]
    plate_number = Sequence(lambda n: f"T {680_000 + n} C")  # type: ignore[no-untyped-call]
    max_passengers = LazyAttribute(lambda made: MODELS[made.category].passengers)  # type: ignore[no-untyped-call]
    max_luggage = LazyAttribute(lambda made: MODELS[made.category].luggage)  # type: ignore[no-untyped-call]
    features = LazyAttribute(lambda made: list(MODELS[made.category].features))  # type: ignore[no-untyped-call]
    image = ""

    @classmethod
    def _create(cls, model_class: type[Vehicle], *args: Any, **values: Any) -> Vehicle:
        taken = ("category", "name", "plate_number", "max_passengers", "max_luggage", "features", "image")
        asked = {name: values.pop(name) for name in taken}
        return _with(services.add_vehicle(user=_owner(values.pop("operator")), **asked), values)


class OrganizationFactory(Factory[Organization]):
    """A stored tenant without an operator."""

    class Meta:
        model = Organization

    id = LazyFunction(lambda: str(uuid4()))  # type: ignore[no-untyped-call]
    name = Sequence(lambda n: f"Fleet No. {n + 1}")  # type: ignore[no-untyped-call]
    owner_id = LazyFunction(lambda: str(uuid4()))  # type: ignore[no-untyped-call]

    @classmethod
    def _create(cls, model_class: type[Organization], *args: Any, **values: Any) -> Organization:
        return _with(Organization(), values)


class MemberFactory(Factory[OrganizationUser]):
    """A stored membership in the organization of `operator`; up to a manager they act for that company too."""

    class Meta:
        model = OrganizationUser

    operator: Operator
    name = Faker("name")  # type: ignore[no-untyped-call]
    email = Sequence(lambda n: f"member{n}@example.com")  # type: ignore[no-untyped-call]
    password = None
    role = "manager"

    @classmethod
    def _create(cls, model_class: type[OrganizationUser], *args: Any, **values: Any) -> OrganizationUser:
        operator: Operator = values.pop("operator")
        account = {name: values.pop(name) for name in ("name", "email", "password")}
        acts = values["role"] in ACTS_FOR_COMPANY
        user = create_user(role=Role.OPERATOR, profile_id=operator.id if acts else None, **account)
        return _with(OrganizationUser(organization_id=operator.organization_id, user_id=user.id), values)


def _owner(operator: Operator) -> User:
    return User.fetch(operator.user_id)


def _with(item: Item, values: dict[str, Any]) -> Item:
    """The item with further attributes, stored."""
    for name, value in values.items():
        setattr(item, name, value)
    if values:
        item.save()
    return item
