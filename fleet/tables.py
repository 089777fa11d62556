"""The companies that drive: operators, their organizations, drivers, vehicles and calendars."""

from datetime import timedelta

from pynamodb.attributes import BooleanAttribute, ListAttribute, MapAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

import fleet.assignments.tables
import fleet.organizations.tables  # noqa: F401 (the app's further tables)
from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.shown import Shown
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail
from fleet.rules.types import DriverStatus, OperatorStatus, VehicleCategory, VehicleStatus


class PricingRuleDocument(Document):
    """The seed's PricingRule. Money is integer cents (per hour, base fare, per kilometre); shares are 0..1."""

    vehicle_category = UnicodeEnumAttribute(VehicleCategory, attr_name="vehicleCategory")
    hourly_rate = IntegerAttribute(attr_name="hourlyRate")
    base_p2p = IntegerAttribute(attr_name="baseP2P")
    per_km = IntegerAttribute(attr_name="perKm")
    min_hours = IntegerAttribute(attr_name="minHours")
    driver_commission_pct = FloatAttribute(attr_name="driverCommissionPct")
    tax_rate = FloatAttribute(attr_name="taxRate")


class PricingRules(Document):
    """Record<VehicleCategory, PricingRule>: a category without a rule is not offered."""

    sedan = PricingRuleDocument(attr_name="SEDAN", null=True)
    suv = PricingRuleDocument(attr_name="SUV", null=True)
    sprinter = PricingRuleDocument(attr_name="SPRINTER", null=True)
    limo = PricingRuleDocument(attr_name="LIMO", null=True)


class OperatorsByUser(GlobalSecondaryIndex["Operator"]):
    class Meta:
        index_name = "user-index"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")


class OperatorsByStatus(GlobalSecondaryIndex["Operator"]):
    class Meta:
        index_name = "status-index"
        projection = KeysOnlyProjection()

    status = UnicodeEnumAttribute(OperatorStatus, hash_key=True)
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class Operator(Table):
    """A chauffeur company.

    - by id, by booking: GetItem `id`
    - of a user: `user-index` (the seed's "LSI": an LSI must share the table's hash key, so a GSI)
    - to approve, or all active: `status-index`, oldest first
    """

    class Meta(Schema):
        name = "operators"
        shown = Shown("pricing-rules", timedelta(hours=1), frozenset({"id", "companyName", "pricingRules"}))
        trail = Trail(
            about=lambda operator: operator.user_id,
            plain=frozenset({"status", "pricingRules", "organizationId", "userId"}),
            passing=frozenset({"rating", "totalBookings", "activeDrivers", "activeVehicles"}),
        )
        personal = True

    id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    organization_id = UnicodeAttribute(attr_name="organizationId", null=True)
    company_name = UnicodeAttribute(attr_name="companyName")
    business_license = UnicodeAttribute(attr_name="businessLicense", default="")
    rating = FloatAttribute(default=0.0)
    total_bookings = IntegerAttribute(attr_name="totalBookings", default=0)
    active_drivers = IntegerAttribute(attr_name="activeDrivers", default=0)
    active_vehicles = IntegerAttribute(attr_name="activeVehicles", default=0)
    pricing_rules = PricingRules(attr_name="pricingRules", default=PricingRules)
    status = UnicodeEnumAttribute(OperatorStatus, default=OperatorStatus.SUSPENDED)

    user_index = OperatorsByUser()
    status_index = OperatorsByStatus()


class DriverDocuments(Document):
    """Verified, passed, active."""

    license = BooleanAttribute(default=False)
    background_check = BooleanAttribute(attr_name="backgroundCheck", default=False)
    insurance = BooleanAttribute(default=False)


class Location(Document):
    """Where a driver is: degrees, degrees clockwise from north, km/h."""

    lat = FloatAttribute()
    lng = FloatAttribute()
    heading = FloatAttribute(default=0.0)
    speed = FloatAttribute(default=0.0)
    timestamp = InstantAttribute()


class DriversByOperator(GlobalSecondaryIndex["Driver"]):
    class Meta:
        index_name = "operator-index"
        projection = AllProjection()

    operator_id = UnicodeAttribute(hash_key=True, attr_name="operatorId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class DriversByUser(GlobalSecondaryIndex["Driver"]):
    class Meta:
        index_name = "user-index"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")


class Driver(Table):
    """A chauffeur of one operator.

    - by id, and access pattern 5, where are they: GetItem `id`
    - an operator's drivers: `operator-index`, oldest first
    - of a user: `user-index` (the seed's "LSI"; KEYS_ONLY, as `User.profileId` answers it by key)
    """

    class Meta(Schema):
        name = "drivers"
        personal = True
        trail = Trail(
            about=lambda driver: driver.user_id,
            plain=frozenset({"documents", "active", "operatorId", "userId"}),
            passing=frozenset({"status", "rating", "totalTrips", "currentLocation", "currentBookingId"}),
        )

    id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(attr_name="userId")
    operator_id = UnicodeAttribute(attr_name="operatorId")
    name = UnicodeAttribute(default="")
    """The user's name, kept here so that a list of drivers is one query."""
    phone = UnicodeAttribute(default="")
    status = UnicodeEnumAttribute(DriverStatus, default=DriverStatus.OFFLINE)
    license_number = UnicodeAttribute(attr_name="licenseNumber")
    license_expiry = UnicodeAttribute(attr_name="licenseExpiry")
    """ISO 8601 date, the last day on which it is valid."""
    rating = FloatAttribute(default=0.0)
    total_trips = IntegerAttribute(attr_name="totalTrips", default=0)
    documents = DriverDocuments(default=DriverDocuments)
    current_location = Location(attr_name="currentLocation", null=True)
    current_booking_id = UnicodeAttribute(attr_name="currentBookingId", null=True)
    active = BooleanAttribute(default=True)
    """False once the operator has let them go: kept for the bookings they drove."""

    operator_index = DriversByOperator()
    user_index = DriversByUser()


class VehiclesByOperator(GlobalSecondaryIndex["Vehicle"]):
    class Meta:
        index_name = "operator-index"
        projection = AllProjection()

    operator_id = UnicodeAttribute(hash_key=True, attr_name="operatorId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class VehiclesByPlate(GlobalSecondaryIndex["Vehicle"]):
    class Meta:
        index_name = "plate-index"
        projection = KeysOnlyProjection()

    plate_number = UnicodeAttribute(hash_key=True, attr_name="plateNumber")


class Vehicle(Table):
    """A car of one operator.

    - by id: GetItem `id`
    - an operator's fleet: `operator-index`, oldest first
    - whose is this plate (staff): `plate-index`
    """

    class Meta(Schema):
        name = "vehicles"

    id = UnicodeAttribute(hash_key=True)
    operator_id = UnicodeAttribute(attr_name="operatorId")
    category = UnicodeEnumAttribute(VehicleCategory)
    name = UnicodeAttribute()
    plate_number = UnicodeAttribute(attr_name="plateNumber")
    max_passengers = IntegerAttribute(attr_name="maxPassengers")
    max_luggage = IntegerAttribute(attr_name="maxLuggage")
    status = UnicodeEnumAttribute(VehicleStatus, default=VehicleStatus.AVAILABLE)
    features: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, default=list)  # type: ignore[arg-type]
    image = UnicodeAttribute(default="")
    current_driver_id = UnicodeAttribute(attr_name="currentDriverId", null=True)
    pvin = UnicodeAttribute(null=True)
    """PseudoVIN: the key of its telemetry."""
    active = BooleanAttribute(default=True)
    """False once it has left the fleet: kept for the bookings it served."""

    operator_index = VehiclesByOperator()
    plate_index = VehiclesByPlate()


class CommitmentDocument(Document):
    booking_id = UnicodeAttribute(attr_name="bookingId")
    starts_at = InstantAttribute(attr_name="startsAt")
    ends_at = InstantAttribute(attr_name="endsAt")


class Calendar(Table):
    """What one driver or vehicle has promised. Its version makes a double assignment impossible.

    - is it free: GetItem `id`
    """

    class Meta(Schema):
        name = "calendars"
        retention = "commitments leave 7 days after their end"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """`driver:<id>` or `vehicle:<id>`."""
    commitments: ListAttribute[CommitmentDocument] = ListAttribute(of=CommitmentDocument, default=list)
    closed = BooleanAttribute(default=False)
    """The driver or vehicle has left: nothing is promised any more."""


class Organization(Table):
    """A tenant: an operator's company with its members and vehicles.

    - by id: GetItem `id`
    """

    class Meta(Schema):
        name = "organizations"
        personal = True
        trail = Trail(
            about=lambda organization: organization.owner_id,
            plain=frozenset({"ownerId", "operatorId", "settings"}),
        )

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    owner_id = UnicodeAttribute(attr_name="ownerId")
    """Its one owner, who has the membership `owner` too."""
    operator_id = UnicodeAttribute(attr_name="operatorId", null=True)
    """Its company in the marketplace, where it has one."""
    settings: MapAttribute[str, object] = MapAttribute(default=dict)
    """Schemaless by the seed: it evolves with each customer."""


class OrganizationsByUser(GlobalSecondaryIndex["OrganizationUser"]):
    class Meta:
        index_name = "user-index"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    organization_id = UnicodeAttribute(range_key=True, attr_name="organizationId")


class OrganizationUser(Table):
    """A membership.

    - the members of an organization, one membership: Query / GetItem `organizationId` + `userId`
    - the organizations of a user: `user-index`
    """

    class Meta(Schema):
        name = "organization-users"
        personal = True
        trail = Trail(about=lambda member: member.user_id, plain=frozenset({"role"}), passing=frozenset({"chosenAt"}))

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    user_id = UnicodeAttribute(range_key=True, attr_name="userId")
    role = UnicodeAttribute()
    """owner, admin, manager, driver or viewer (`fleet.rules.membership`)."""
    chosen_at = InstantAttribute(attr_name="chosenAt", null=True)
    """When they last said that they act for this one of their organizations."""

    user_index = OrganizationsByUser()
