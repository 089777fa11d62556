"""The page of a booking, the list of them, and what staff do to one."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.holds.kinds import HoldKind
from accounts.holds.placing import hold_item
from accounts.users import current_user
from atlas.facade.admin.columns import document, instant, money, status_badge
from atlas.facade.admin.filters import DayRangeFilter
from atlas.facade.admin.options import FacadeAdmin
from atlas.facade.admin.search import by_uuid
from atlas.facade.admin.service_action import ReasonForm, service_action
from atlas.templatetags.ui import format_money
from bookings import labels, services, tables
from bookings.admin.columns import local_pickup, price, receipt_pages, worded
from bookings.admin.filters import StageFilter, ordering_of
from bookings.admin.forms import BY_CLIENT, BookingForm, CancelForm, CrewForm
from bookings.admin.inlines import INLINES
from bookings.admin.searching import by_booking_reference, by_concierge_email
from bookings.models import Booking
from bookings.rules.lifecycle import CLOSED, REPORTED, Action, Actor, BookingStatus, open_actions, transition
from bookings.rules.types import CancellationCode
from bookings.services.forgetting import forget_passenger

EVERYTHING = tuple(field.name for field in Booking._meta.concrete_fields)
CENTS = {"amount", "unit_price", "subtotal", "platform_fee", "tax", "total", "driver_payout"}
"""Of an estimate."""
COMING = ((gettext_lazy("Today"), 0, 0), (gettext_lazy("Tomorrow"), 1, 1), (gettext_lazy("The next 7 days"), 0, 6))


def open_to_staff(*actions: Action) -> Callable[[Any], bool]:
    """Whether the table of transitions lets staff do one of these to a booking as it stands."""
    return lambda booking: bool(set(actions) & set(open_actions(BookingStatus(booking.status), Actor.ADMIN)))


@admin.register(Booking)
class BookingAdmin(FacadeAdmin):
    addable = False
    form = BookingForm
    inlines = INLINES
    list_display = (
        "reference",
        "status",
        "pickup_at",
        "concierge",
        "operator",
        price,
        "payment_status",
        "created_at",
    )
    list_filter = (
        StageFilter,
        DayRangeFilter.on("pickup_at", title=gettext_lazy("pick-up"), shortcuts=COMING),
        DayRangeFilter.on("created_at", title=gettext_lazy("requested")),
    )
    search_ways = (by_booking_reference("pk"), by_uuid(), by_concierge_email("concierge_id"))
    rule_owned = EVERYTHING
    shown = {
        "status": status_badge("status"),
        "payment_status": status_badge("payment_status", gettext_lazy("payment")),
        "pickup_at": local_pickup,
        "estimated_price": money("estimated_price"),
        "final_price": money("final_price"),
        "cancellation_fee": money("cancellation_fee"),
        "estimate": document("estimate", cents=CENTS),
        "receipt_number": receipt_pages,
        "type": worded("type", labels.TYPES),
        "cancellation_code": worded("cancellation_code", labels.CODES),
        "created_at": instant("created_at", gettext_lazy("requested")),
    }
    personal_fields = ("details",)
    unwatched_fields = (
        "open_since",
        "due_at",
        "open_shard",
        "due_shard",
        "job_driver_id",
        "pending_quotes",
        "acceptance",
    )
    actions = ("reassign", "report", "cancel", "expire", "forget_passenger", "hold")
    fieldsets = (
        (None, {"fields": ("reference", "status", "type", "pickup_at", "deadline", "created_at")}),
        (gettext_lazy("Passenger"), {"fields": ("passenger_name", "flight_number")}),
        (gettext_lazy("Who serves whom"), {"fields": ("concierge", "operator", "driver", "vehicle", "selected_quote")}),
        (
            gettext_lazy("Money"),
            {
                "fields": (
                    "estimated_price",
                    "final_price",
                    "payment_status",
                    "transaction",
                    "cancellation_fee",
                    "receipt_number",
                )
            },
        ),
        (gettext_lazy("What was asked for"), {"fields": ("details", "estimate", "sold")}),
        (
            gettext_lazy("On the way"),
            {
                "fields": (
                    "departure_alerted_at",
                    "arrived_at",
                    "completed_at",
                    "cancelled_at",
                    "cancellation_code",
                    "cancellation_reason",
                )
            },
        ),
        (
            gettext_lazy("Inside"),
            {
                "classes": ("collapse",),
                "fields": ("id", "pending_quotes", "acceptance", "due_at", "updated_at", "version", "schema_version"),
            },
        ),
    )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ordering_of(request)

    def save_with(self, request: HttpRequest, obj: Any, changed: Mapping[str, Any], *, add: bool) -> tables.Booking:
        return services.amend_booking(user=current_user(request), booking_id=obj.pk, **changed)

    @service_action(
        description=gettext_lazy("Give to another driver"),
        permission="reassign",
        fields=CrewForm,
        open_for=open_to_staff(Action.ASSIGN, Action.REASSIGN),
    )
    def reassign(self, request: HttpRequest, obj: Any, *, driver: Any, vehicle: Any, reason: str) -> str:
        services.assign(
            user=current_user(request), booking_id=obj.pk, driver_id=driver.pk, vehicle_id=vehicle.pk, note=reason
        )
        return _("%(driver)s drives, with %(vehicle)s.") % {"driver": driver, "vehicle": vehicle}

    @service_action(
        description=gettext_lazy("Report the next step of the ride"),
        permission="drive",
        fields=ReasonForm,
        open_for=open_to_staff(*REPORTED),
    )
    def report(self, request: HttpRequest, obj: Any, *, reason: str) -> str:
        """For a driver who cannot: the one step that comes next."""
        status = BookingStatus(obj.status)
        step = next(each for each in open_actions(status, Actor.ADMIN) if each in REPORTED)
        services.report_status(
            user=current_user(request), booking_id=obj.pk, status=transition(status, step, Actor.ADMIN)
        )
        return str(labels.DONE[step])

    @service_action(
        description=gettext_lazy("Cancel"),
        permission="cancel",
        fields=CancelForm,
        open_for=open_to_staff(Action.CANCEL),
        danger=True,
    )
    def cancel(self, request: HttpRequest, obj: Any, *, code: str, charge: str, reason: str) -> str:
        booking = services.cancel(
            user=current_user(request),
            booking_id=obj.pk,
            code=CancellationCode(code),
            reason=reason,
            for_client=charge == BY_CLIENT,
        )
        return _("Fee: %(fee)s.") % {"fee": format_money(booking.cancellation_fee, booking.currency)}

    @service_action(
        description=gettext_lazy("End the request now"),
        permission="expire",
        fields=ReasonForm,
        open_for=open_to_staff(Action.EXPIRE),
        danger=True,
    )
    def expire(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        services.expire_now(user=current_user(request), booking_id=obj.pk, note=reason)

    @service_action(
        description=gettext_lazy("Forget the passenger"),
        permission="forget_passenger",
        fields=ReasonForm,
        open_for=lambda booking: booking.status in CLOSED,
        danger=True,
    )
    def forget_passenger(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        forget_passenger(user=current_user(request), booking_id=obj.pk, reason=reason)

    @service_action(
        description=gettext_lazy("Place a legal hold"),
        permission="accounts.hold_legalhold",
        fields=ReasonForm,
        danger=True,
    )
    def hold(self, request: HttpRequest, obj: Any, *, reason: str) -> None:
        hold_item(user=current_user(request), kind=HoldKind.BOOKING, id=obj.pk, about=obj.concierge_id, reason=reason)
