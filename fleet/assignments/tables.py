"""Assignments. `vin` means the pseudoVIN, as in every table of telemetry."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail


class HoldersOfVehicle(GlobalSecondaryIndex["VehicleAssignment"]):
    class Meta:
        index_name = "vin-index"
        projection = AllProjection()

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    organization_id = UnicodeAttribute(range_key=True, attr_name="organizationId")


class VehicleAssignment(Table):
    """A vehicle is, or was, an organization's.

    - the vehicles of an organization, one of them: Query / GetItem `organizationId` + `vin`
    - whose a vehicle is and was (staff): `vin-index`
    """

    class Meta(Schema):
        name = "vehicle-assignments"
        retention = "as long as the organization"

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    pvin = UnicodeAttribute(range_key=True, attr_name="vin")
    since = InstantAttribute()
    until = InstantAttribute(null=True)
    """When it was released; absent while the organization has it."""
    vehicle_id = UnicodeAttribute(attr_name="vehicleId", null=True)
    """The marketplace's vehicle that it is, where one is known."""

    vin_index = HoldersOfVehicle()


class AssignmentsOfDriver(GlobalSecondaryIndex["DriverAssignment"]):
    class Meta:
        index_name = "driver-index"
        projection = AllProjection()

    driver_id = UnicodeAttribute(hash_key=True, attr_name="driverId")
    starts_at = InstantAttribute(range_key=True, attr_name="startsAt")


class AssignmentsOfVehicle(GlobalSecondaryIndex["DriverAssignment"]):
    class Meta:
        index_name = "vin-index"
        projection = KeysOnlyProjection()

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    starts_at = InstantAttribute(range_key=True, attr_name="startsAt")


class DriverAssignment(Table):
    """A member has a vehicle for a time: a driver to drive it, a viewer to look at it. Ended is deleted.

    - the assignments of an organization, one of them: Query / GetItem `organizationId` + `assignmentId`
    - what somebody has: `driver-index`, newest first
    - who has a vehicle: `vin-index`
    """

    class Meta(Schema):
        name = "driver-assignments"
        retention = "until it is ended, or its member leaves"
        personal = True
        trail = Trail(
            about=lambda assignment: assignment.driver_id,
            plain=frozenset({"vin", "startsAt", "endsAt", "assignedBy"}),
        )

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    id = UnicodeAttribute(range_key=True, attr_name="assignmentId")
    driver_id = UnicodeAttribute(attr_name="driverId")
    """The member's user id."""
    pvin = UnicodeAttribute(attr_name="vin")
    starts_at = InstantAttribute(attr_name="startsAt")
    ends_at = InstantAttribute(attr_name="endsAt", null=True)
    assigned_by = UnicodeAttribute(attr_name="assignedBy")

    driver_index = AssignmentsOfDriver()
    vin_index = AssignmentsOfVehicle()
