"""The OpenAPI document and the page that shows it."""

from typing import Any, ClassVar

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from atlas.api import schema  # noqa: F401  # registers what drf-spectacular must know before it looks
from atlas.api.schema import Schema


class SchemaView(SpectacularAPIView):
    """`/api/schema/`: JSON, or YAML on request (`Accept: application/vnd.oai.openapi`). Made once per process."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiYamlRenderer]
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []

    _made: ClassVar[Schema | None] = None

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if SchemaView._made is None:
            generator = self.generator_class()
            SchemaView._made = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return Response(SchemaView._made)


class DocsView(SpectacularSwaggerSplitView):
    """`/api/docs/`: Swagger UI from our own static files, under the same strict CSP as every page."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []
    template_name = "atlas/api_docs.html"
