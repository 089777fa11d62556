"""The REST views of devices: adding one, revoking it, and what it sends."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.users import current_user
from atlas.api.idempotency import idempotent
from atlas.api.views import View
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from telemetry import examples
from telemetry.devices import serializers as shape
from telemetry.devices import services
from telemetry.devices.authentication import DeviceAuthentication
from telemetry.ingest.pipeline import ingest
from telemetry.rules.tesla import from_records
from telemetry.tables import Device

TAGS = ["Telemetry"]


class Devices(View):
    @extend_schema(
        operation_id="add_device",
        tags=TAGS,
        request=shape.NewDeviceSerializer,
        responses={201: shape.AddedDeviceSerializer},
        examples=[examples.DEVICE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """A device for one of your vehicles (owner, admin, manager). Its token is shown here and never again."""
        added = services.add_device(user=current_user(request), **self.body(shape.NewDeviceSerializer))
        shown = {"device_id": added.device.id, "pvin": added.device.pvin, "token": added.token}
        return self.created(shown, shape.AddedDeviceSerializer)


class OneDevice(View):
    @extend_schema(operation_id="revoke_device", tags=TAGS, responses={204: None})
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Revoke a device: its token counts no more."""
        services.revoke_device(user=current_user(request), device_id=str(device_id))
        return self.nothing()


class Positions(View):
    authentication_classes = (DeviceAuthentication,)

    @extend_schema(
        operation_id="send_positions",
        tags=TAGS,
        request={"application/json": shape.READINGS},
        responses=shape.BatchReceiptSerializer,
        examples=[examples.POSITIONS],
    )
    def post(self, request: Request) -> Response:
        """Up to 1,000 readings of the device's vehicle, in any order, again if in doubt. What is accepted is stored.

        SI units: metres, m/s, percent, Celsius. Fields that are not named here are kept under their own names. Each
        reading is judged by itself; `rejected` says which were refused and why.
        """
        readings = request.data
        if not isinstance(readings, list):
            raise Invalid("Expected an array of readings.")
        if not 1 <= len(readings) <= shape.MOST_READINGS:
            raise Invalid(f"Send 1 to {shape.MOST_READINGS} readings at a time.")
        device = cast(Device, request.auth)
        receipt = ingest(device=device, raws=readings, now=utc_now())
        return self.answer(receipt, shape.BatchReceiptSerializer)


class TeslaRecords(View):
    authentication_classes = (DeviceAuthentication,)

    @extend_schema(
        operation_id="send_tesla_records",
        tags=TAGS,
        request={"application/json": shape.TESLA_RECORDS},
        responses=shape.BatchReceiptSerializer,
        examples=[examples.TESLA],
    )
    def post(self, request: Request) -> Response:
        """Up to 1,000 records of Tesla's Fleet Telemetry, in its JSON form, of the device's vehicle.

        Miles, mph and kWh are brought into our units; `invalid` values are left out; what has no name of ours is kept
        under Tesla's. A record of another vehicle is refused (`unknown_vehicle`), and its neighbours are not.
        """
        raws = from_records(request.data)
        if not 1 <= len(raws) <= shape.MOST_READINGS:
            raise Invalid(f"Send 1 to {shape.MOST_READINGS} records at a time.")
        receipt = ingest(device=cast(Device, request.auth), raws=raws, now=utc_now())
        return self.answer(receipt, shape.BatchReceiptSerializer)
