"""What the fleet's telemetry is kept in. `vin` in every table but the first of its kind means the pseudoVIN."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


class MappingsByUser(GlobalSecondaryIndex["VinMapping"]):
    class Meta:
        index_name = "user-index"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class VinMapping(Table):
    """The one place where real VINs are, encrypted (`atlas.vault`). Read by staff with a reason, and audited.

    - the VIN of a pseudoVIN: GetItem `pvin`
    - the vehicles that a user registered: `user-index`, newest first
    """

    class Meta(Schema):
        name = "vin-mapping"
        retention = "as long as the vehicle"

    pvin = UnicodeAttribute(hash_key=True)
    sealed_vin = UnicodeAttribute(attr_name="sealedVin")
    """Opens in the context `vin:<pvin>` alone."""
    user_id = UnicodeAttribute(attr_name="userId")

    user_index = MappingsByUser()
