"""`Idempotency-Key`: a repeated POST gets the first answer again and does nothing twice.

    @extend_schema(request=..., responses={201: BookingSerializer})
    @idempotent
    def post(self, request: Request) -> Response: ...

A key belongs to one user and one path for 24 hours. What was done (2xx) or charged in vain (402) is kept and
replayed with `Idempotent-Replayed: true`. Any other refusal changed nothing and any 5xx may not have: those are
not kept, so the same key simply tries again. While the first request is at work a second one gets 409; should its
process die, the key is free again after a short lease.

What is kept may be about people, so it is sealed with a key made of the client's own, of which only a fingerprint is
stored: nobody reads it but who repeats the request. Do not use it on answers that hold secrets nevertheless.
"""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pynamodb.exceptions import PutError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_402_PAYMENT_REQUIRED, is_success
from rest_framework.views import APIView

from atlas.api import exceptions
from atlas.api.renderers import dumps
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Invalid
from atlas.tables import IdempotencyKey

log = structlog.get_logger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LIFE = timedelta(hours=24)
LEASE = timedelta(seconds=30)
"""Longer than any request takes."""

_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9._:-]+$"},
    OpenApiParameter.HEADER,
    description="Makes a retry safe for 24 hours: the same key with the same body gets the first answer again.",
)

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Honour `Idempotency-Key` on one method of a view; without the header nothing changes."""

    @wraps(handler)
    def wrapped(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = request.headers.get(HEADER)
        if given is None:
            return handler(view, request, *args, **kwargs)
        claim = _claim(request, given)
        seal = _seal(request, given)
        if _has_answer(claim):
            return _replay(claim, request, seal)
        try:
            response = handler(view, request, *args, **kwargs)
        except Exception as error:
            failure = exceptions.translate(error)
            _settle(claim, seal, failure.status, exceptions.body(failure, None))
            raise
        _settle(claim, seal, response.status_code, response.data, etag=response.headers.get("ETag"))
        return response

    described: Handler = extend_schema(parameters=[PARAMETER])(wrapped)
    return described


def _claim(request: Request, given: str) -> IdempotencyKey:
    """The key: with the answer kept under it, or ours to work under.

    Raises `Conflict` `idempotency_key_reused` or `request_in_progress`.
    """
    if not _KEY.fullmatch(given):
        raise Invalid(f"{HEADER} must be 1 to 128 letters, digits or . _ : -", code="malformed")
    now = utc_now()
    fresh = IdempotencyKey(
        key_=_digest("key", [str(request.user.pk), request.method, request.path, given]),
        body_hash=_digest("body", request.data),
        lease_until=now + LEASE,
        expires_at=now + LIFE,
    )
    if _put(fresh):
        return fresh
    kept = IdempotencyKey.find(fresh.key_, consistent=True)
    if kept is None:
        raise _in_progress()
    expired = kept.expires_at <= now
    if kept.body_hash != fresh.body_hash and not expired:
        raise Conflict(f"This {HEADER} was used for another request.", code="idempotency_key_reused")
    if _has_answer(kept) and not expired:
        return kept
    if kept.lease_until > now:
        raise _in_progress()
    fresh.version = kept.version
    if not _put(fresh):
        raise _in_progress()
    return fresh


def _has_answer(item: IdempotencyKey) -> bool:
    return bool(item.body)


def _put(item: IdempotencyKey) -> bool:
    """Save under the item's version; whether nobody else was first."""
    try:
        item.save()
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _settle(claim: IdempotencyKey, seal: Fernet, status: int, answer: Any, *, etag: str | None = None) -> None:
    """Keep the answer, or free the key. The work is done either way: a failure here must not hide its answer."""
    try:
        if is_success(status) or status == HTTP_402_PAYMENT_REQUIRED:
            claim.status = status
            claim.body = seal.encrypt(dumps(answer)).decode()
            claim.etag = etag
            claim.save()
        else:
            claim.delete()
    except Exception:
        log.exception("idempotency key not settled", status=status)


def _replay(kept: IdempotencyKey, request: Request, seal: Fernet) -> Response:
    answer = json.loads(seal.decrypt(str(kept.body)))
    if isinstance(answer, dict) and "error" in answer:
        answer["error"]["requestId"] = getattr(request, "request_id", None)
    headers = {REPLAYED: "true", **({"ETag": kept.etag} if kept.etag else {})}
    return Response(answer, status=kept.status, headers=headers)


def _seal(request: Request, given: str) -> Fernet:
    """From the key as the client sent it, and a secret of ours: a key like `1` alone would be guessed."""
    whole = json.dumps([str(request.user.pk), request.method, request.path, given])
    mac = salted_hmac("idempotency:seal", whole, settings.TOKEN_KEY, algorithm="sha256")
    return Fernet(urlsafe_b64encode(mac.digest()))


def _in_progress() -> Conflict:
    return Conflict("The first request with this key is still at work.", code="request_in_progress", retry_after=1)


def _digest(purpose: str, content: Any) -> str:
    """Keyed, because a body may hold what should not be guessed from a copy of the table."""
    canonical = json.dumps(content, sort_keys=True)
    mac = salted_hmac(f"idempotency:{purpose}", canonical, settings.TOKEN_KEY, algorithm="sha256")
    return mac.hexdigest()
