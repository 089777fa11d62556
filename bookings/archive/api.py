"""Archived bookings under /api/v1/: how one stands, its record while it can be read, and asking for that."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import DictField, ListField

from accounts.users import current_user
from atlas.api.fields import Cents, Choice, Flag, Id, Instant, LocalDate, Text
from atlas.api.serializers import Serializer
from atlas.api.views import View
from bookings.archive import restoring
from bookings.archive.restoring import ArchiveState, Standing
from bookings.archive.showing import plain
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import BookingType, PaymentStatus

TAGS = ["Marketplace"]


@extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}})
class RecordField(DictField):
    """Rows by table."""

    child = ListField()


class ArchivedBookingSerializer(Serializer):
    """What is known of a booking in the archive; the rest is in `record` while it is RESTORED."""

    id = Id(read_only=True)
    reference = Text(read_only=True)
    status = Choice(BookingStatus, read_only=True, help_text="In which it was archived.")
    type = Choice(BookingType, read_only=True)
    payment_status = Choice(PaymentStatus, read_only=True)
    requested_at = Instant(read_only=True)
    pickup_at = Instant(read_only=True)
    final_price = Cents(read_only=True, allow_null=True)
    currency = Text(read_only=True)
    receipt_number = Text(read_only=True, allow_null=True)
    archived_at = Instant(read_only=True)
    archive_state = Choice(ArchiveState, read_only=True)
    readable_until = Instant(read_only=True, allow_null=True)
    deleted_from = LocalDate(read_only=True, help_text="The first day on which it may be gone.")
    legal_hold = Flag(read_only=True, help_text="It is kept beyond that day.")
    record = RecordField(
        read_only=True,
        allow_null=True,
        help_text="Rows by table, as they were; what somebody had erased is missing. Null unless RESTORED.",
    )


def shape(standing: Standing) -> dict[str, Any]:
    row = standing.row
    return {
        "id": row.id,
        "reference": row.reference,
        "status": row.status,
        "type": row.type_,
        "payment_status": row.payment_status,
        "requested_at": row.requested_at,
        "pickup_at": row.pickup_at,
        "final_price": row.final_price,
        "currency": row.currency,
        "receipt_number": row.receipt_number,
        "archived_at": row.created_at,
        "archive_state": standing.state,
        "readable_until": standing.until,
        "deleted_from": standing.deleted_from,
        "legal_hold": standing.held,
        "record": plain(standing.items) if standing.items is not None else None,
    }


class Archive(View):
    @extend_schema(operation_id="get_archived_booking", tags=TAGS, responses=ArchivedBookingSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        """A booking that is in the archive, for its parties."""
        found = restoring.look(user=current_user(request), booking_id=str(booking_id))
        return self.answer(shape(found), ArchivedBookingSerializer)


class Restore(View):
    @extend_schema(
        operation_id="restore_archived_booking", tags=TAGS, request=None, responses={202: ArchivedBookingSerializer}
    )
    def post(self, request: Request, booking_id: UUID) -> Response:
        """Ask for its record to be made readable; look again until `archiveState` is RESTORED."""
        found = restoring.ask(user=current_user(request), booking_id=str(booking_id))
        return self.answer(shape(found), ArchivedBookingSerializer, status=202)
