"""Dashcam clips. `vin` means the pseudoVIN."""

from enum import StrEnum

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


class ClipStatus(StrEnum):
    UPLOADING = "UPLOADING"
    UPLOADED = "UPLOADED"
    """It waits to be processed."""
    READY = "READY"
    FAILED = "FAILED"

    @property
    def is_over(self) -> bool:
        return self in (ClipStatus.READY, ClipStatus.FAILED)


class ClipsByOrganization(GlobalSecondaryIndex["Clip"]):
    class Meta:
        index_name = "organization-index"
        projection = KeysOnlyProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    recorded_at = InstantAttribute(range_key=True, attr_name="recordedAt")


class ClipsByVehicle(GlobalSecondaryIndex["Clip"]):
    class Meta:
        index_name = "vin-index"
        projection = KeysOnlyProjection()

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    recorded_at = InstantAttribute(range_key=True, attr_name="recordedAt")


class DueClips(GlobalSecondaryIndex["Clip"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class Clip(Table):
    """A dashcam's clip; its files lie under `dashcam/raw/`, `dashcam/webview/` and `dashcam/archive/`.

    - one clip: GetItem `id`
    - the clips of a fleet: `organization-index`, newest first, then BatchGetItem
    - the clips of a vehicle: `vin-index`, newest first, then BatchGetItem
    - what waits to be processed, or was never uploaded: `due-index`, one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "dashcam-clips"
        retention = "180 days (TTL), as long as its archive; 2 days without an upload"

    id = UnicodeAttribute(hash_key=True)
    pvin = UnicodeAttribute(attr_name="vin")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    camera = UnicodeAttribute()
    recorded_at = InstantAttribute(attr_name="recordedAt")
    uploaded_by = UnicodeAttribute(attr_name="uploadedBy")
    size = IntegerAttribute(attr_name="bytes")
    """As announced; a file of another size is refused by the store."""
    status = UnicodeEnumAttribute(ClipStatus)
    note = UnicodeAttribute(null=True)
    """What is missing of it, and why: a code (`telemetry.dashcam.processing`)."""
    attempts = IntegerAttribute(default=0)
    web_key = UnicodeAttribute(null=True, attr_name="webKey")
    thumbnail_key = UnicodeAttribute(null=True, attr_name="thumbnailKey")
    archive_key = UnicodeAttribute(null=True, attr_name="archiveKey")
    processed_at = InstantAttribute(null=True, attr_name="processedAt")
    due_shard = NumberAttribute(null=True, attr_name="dueShard")
    due_at = InstantAttribute(null=True, attr_name="dueAt")
    expires_at = TTLAttribute(attr_name="expiresAt")

    organization_index = ClipsByOrganization()
    vin_index = ClipsByVehicle()
    due_index = DueClips()

    @property
    def raw_key(self) -> str:
        return f"dashcam/raw/{self.pvin}/{self.id}.mp4"
