"""The REST views of dashcam clips."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED

from accounts.users import current_user
from atlas.api.pagination import PAGE_PARAMETERS, page_of
from atlas.api.schema import error_response, request_example
from atlas.api.views import View
from telemetry.dashcam import looking, uploading
from telemetry.dashcam import serializers as shape

TAGS = ["Telemetry"]
UPLOAD = request_example(
    "A minute from the front",
    {"pvin": "5f" * 32, "recordedAt": "2025-06-01T12:00:00Z", "camera": "front", "bytes": 31457280},
)


class Clips(View):
    @extend_schema(
        operation_id="list_clips",
        tags=TAGS,
        parameters=[shape.ClipFilter, *PAGE_PARAMETERS],
        responses=page_of(shape.ClipSerializer),
    )
    def get(self, request: Request) -> Response:
        """Dashcam clips, newest first: of the fleet (owner, admin, manager), or of a vehicle that you have."""
        page = looking.clips(user=current_user(request), **self.query(shape.ClipFilter), **self.paging())
        return self.page(page, shape.ClipSerializer)


class Uploads(View):
    @extend_schema(
        operation_id="upload_clip",
        tags=TAGS,
        request=shape.NewClipSerializer,
        responses={201: shape.UploadSerializer},
        examples=[UPLOAD],
    )
    def post(self, request: Request) -> Response:
        """Where to put a clip of one of your vehicles; then say that it is there (`complete`)."""
        asked = uploading.ask(user=current_user(request), **self.body(shape.NewClipSerializer))
        shown = {
            "clip_id": asked.clip.id,
            "upload_url": asked.url,
            "content_type": uploading.CONTENT_TYPE,
            "upload_until": asked.until,
        }
        return self.created(shown, shape.UploadSerializer)


class OneClip(View):
    @extend_schema(operation_id="get_clip", tags=TAGS, responses=shape.ClipSerializer)
    def get(self, request: Request, clip_id: UUID) -> Response:
        """A clip, with links to it that live 15 minutes and may be passed on."""
        return self.answer(looking.clip(user=current_user(request), clip_id=str(clip_id)), shape.ClipSerializer)


class CompleteClip(View):
    @extend_schema(
        operation_id="complete_clip",
        tags=TAGS,
        request=None,
        responses={202: shape.ClipSerializer, 409: error_response("`not_uploaded`: the file is not there yet.")},
    )
    def post(self, request: Request, clip_id: UUID) -> Response:
        """The file is uploaded: it is archived, and a thumbnail and a copy for the web are made soon."""
        clip = uploading.complete(user=current_user(request), clip_id=str(clip_id))
        return self.answer(clip, shape.ClipSerializer, status=HTTP_202_ACCEPTED)
