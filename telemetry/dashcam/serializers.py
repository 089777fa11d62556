"""The shapes of dashcam clips on the wire."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from atlas.api.fields import Choice, Id, Instant, Integer, Text
from atlas.api.serializers import Query, Serializer
from telemetry.dashcam.looking import THUMBNAIL, link_of
from telemetry.dashcam.tables import Clip, ClipStatus
from telemetry.dashcam.uploading import LARGEST

CAMERAS = ("front", "rear", "left", "right", "cabin")
LINK = {"type": ["string", "null"], "description": "A path that leads to the file, for 15 minutes, for whoever has it."}


class NewClipSerializer(Serializer):
    pvin = Text(max_length=64, help_text="PseudoVIN of the vehicle.")
    recorded_at = Instant(help_text="When it begins.")
    camera = Choice(CAMERAS)
    bytes = Integer(min_value=1, max_value=LARGEST, source="size", help_text="Of the file, an MP4.")


class ClipSerializer(Serializer):
    id = Id(read_only=True)
    pvin = Text(read_only=True)
    camera = Text(read_only=True)
    recorded_at = Instant(read_only=True)
    bytes = Integer(read_only=True, source="size")
    status = Choice(ClipStatus, read_only=True)
    note = Text(
        read_only=True,
        allow_null=True,
        help_text="`no_ffmpeg`: shown as it was recorded; `unreadable`, `never_uploaded`, `gave_up`: why it failed.",
    )
    video_url = serializers.SerializerMethodField(method_name="video_link")
    thumbnail_url = serializers.SerializerMethodField(method_name="thumbnail_link")

    @extend_schema_field(LINK)
    def video_link(self, clip: Clip) -> str | None:
        return link_of(clip)

    @extend_schema_field(LINK)
    def thumbnail_link(self, clip: Clip) -> str | None:
        return link_of(clip, THUMBNAIL)


class UploadSerializer(Serializer):
    """`PUT` the file to `uploadUrl` with exactly this `Content-Type` and length."""

    clip_id = Id(read_only=True)
    upload_url = Text(read_only=True)
    content_type = Text(read_only=True)
    upload_until = Instant(read_only=True, help_text="Begin before.")


class ClipFilter(Query):
    vehicle = Text(required=False, max_length=64, help_text="PseudoVIN; without it the whole fleet's.")
