"""The API of one's own data: see it, take it along."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED

from accounts.jobs_api import JobSerializer, JobsView
from accounts.privacy import exports
from accounts.privacy.exporting import small_export
from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.schema import error_response

TAGS = ["Accounts"]


class ExportView(JobsView):
    @extend_schema(
        operation_id="export_me",
        tags=TAGS,
        summary="Everything held about me",
        description="`data` has the newest rows of every table, 100 at most; `manifest` says why each is kept, for how "
        "long, and whether these are all. For all of it, POST (GDPR, article 15 and 20).",
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        response = Response(small_export(current_user(request)))
        response["Content-Disposition"] = f'attachment; filename="{exports.FILE_NAME}"'
        return response

    @extend_schema(
        operation_id="start_export",
        tags=TAGS,
        summary="Have everything held about me written to a file",
        description="A job: ask `jobs/{id}` how far it is, then for its `downloadUrl`. One at a time, five a day.",
        request=None,
        responses={202: JobSerializer, 429: error_response("`too_many_requests`: there were five within a day.")},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        response = self.show(exports.ask_for_export(user=current_user(request)))
        response.status_code = HTTP_202_ACCEPTED
        return response
