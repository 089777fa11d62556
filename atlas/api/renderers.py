"""Writing JSON bodies with msgspec: UTF-8, instants in UTC with `Z`, decimals as numbers, never NaN."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.utils.functional import Promise
from rest_framework import renderers


class JSONRenderer(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    """JSON is UTF-8 by definition (RFC 8259, section 8.1)."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else dumps(data)


class PDFRenderer(renderers.BaseRenderer):
    """For views that answer with a PDF of their own making on request: it takes part in the negotiation alone.

    What is refused has no form as PDF, and stays JSON.
    """

    media_type = "application/pdf"
    format = "pdf"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if renderer_context is not None:
            renderer_context["response"]["Content-Type"] = JSONRenderer.media_type
        return JSONRenderer().render(data)


def dumps(data: Any) -> bytes:
    """`data` as JSON bytes: the one encoder of REST and live messages."""
    return _encoder.encode(data)


def _other(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    raise TypeError(f"{type(value).__name__} has no JSON form.")


_encoder = msgspec.json.Encoder(enc_hook=_other, decimal_format="number")
