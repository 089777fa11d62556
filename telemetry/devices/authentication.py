"""`Authorization: Bearer <token of a device>`: who sends readings is a device, not a person."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.request import Request

from telemetry.devices.services import device_of
from telemetry.tables import Device

SCHEME = "bearer"


def bearer_of(header: str) -> str | None:
    """The token of an `Authorization` header; None where it has none."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == SCHEME else None


@dataclass(frozen=True)
class DeviceUser:
    """A device as Django REST framework takes users: requests are counted by its `pk`, and it has no role."""

    pk: str
    is_authenticated: bool = True
    role: None = None


class DeviceAuthentication(authentication.BaseAuthentication):
    """`request.auth` is the `Device`."""

    def authenticate(self, request: Request) -> tuple[DeviceUser, Device] | None:
        token = bearer_of(request.META.get("HTTP_AUTHORIZATION", ""))
        if token is None:
            return None
        device = device_of(token)
        return DeviceUser(f"device:{device.id}"), device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "telemetry.devices.authentication.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "The `token` of `POST fleet/devices`."}
