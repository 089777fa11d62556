"""The admin of parcels, on a site of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Invalid, InvalidCursor
from atlas.facade.admin import (
    DayRangeFilter,
    FacadeAdmin,
    FacadeAdminSite,
    FacadeStackedInline,
    FacadeTabularInline,
    IndexFilter,
    ReasonForm,
    by_email,
    by_prefix,
    by_reference,
    by_uuid,
    link_to,
    money,
    service_action,
    status_badge,
)
from atlas.facade.admin.recorder import Act, ActionResult, Change, HistoryEntry, HistoryPage
from tests.facade.parcels.models import Depot, Label, Parcel, ParcelItem, ParcelStatus, Stop

CURSOR = "older"


class Journal:
    """Remembers what it is told, in the words of the protocol."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    def record_read(self, request: HttpRequest, model: type[Model], objects: Sequence[Model], *, view: str) -> None:
        self.rows.append(("read", view, model.__name__, [each.pk for each in objects]))

    def record_created(self, request: HttpRequest, obj: Model, *, after: Mapping[str, Any]) -> None:
        self.rows.append(("created", obj.pk, dict(after)))

    def record_changed(self, request: HttpRequest, obj: Model, *, changes: Mapping[str, Change]) -> None:
        self.rows.append(("changed", obj.pk, {name: (each.before, each.after) for name, each in changes.items()}))

    def record_deleted(self, request: HttpRequest, obj: Model, *, before: Mapping[str, Any]) -> None:
        self.rows.append(("deleted", obj.pk, dict(before)))

    def record_action(
        self, request: HttpRequest, model: type[Model], *, action: str, results: Sequence[ActionResult], reason: str
    ) -> None:
        self.rows.append(("action", action, {each.key: each.outcome.value for each in results}, reason))

    def record_export(
        self, request: HttpRequest, model: type[Model], *, format: str, query: Mapping[str, str], unmasked: bool
    ) -> None:
        self.rows.append(("export", format, dict(query), unmasked))

    def history_of(self, request: HttpRequest, obj: Model, *, limit: int, cursor: str | None) -> HistoryPage:
        if cursor not in (None, CURSOR):
            raise InvalidCursor
        changes = {"note": Change("before <b>", "after"), "pin": Change("••••", "••••")}
        entry = HistoryEntry(utc_now(), "ada@example.com", Act.CHANGED, "Changed", changes, origin="127.0.0.1")
        return HistoryPage([entry], None if cursor else CURSOR)

    def recent(self, request: HttpRequest, *, limit: int) -> Sequence[HistoryEntry]:
        return [HistoryEntry(utc_now(), "me", Act.CHANGED, "Changed", model=Parcel, key="p/1", object_repr="A parcel")]

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        return [row[1:] for row in self.rows if row[0] == kind]


class LabelInline(FacadeTabularInline):
    model = Label
    deletable = True


class StopInline(FacadeStackedInline):
    model = Stop
    read_only = True


class ParcelAdmin(FacadeAdmin):
    list_display = ("reference", status_badge("status"), money("price"), "sent_at", "depot", "insured")
    list_filter = (
        IndexFilter.on("status"),
        DayRangeFilter.on("sent_at", needs="status"),
        IndexFilter.on("insured"),
    )
    list_per_page = 25
    search_ways = (by_uuid(), by_email(), by_reference())
    rule_owned = ("status", "price")
    shown = {"status": status_badge("status"), "price": money("price")}
    secret_fields = ("pin",)
    personal_fields = ("recipient", "email")
    autocomplete_fields = ("depot",)
    inlines = (LabelInline, StopInline)
    actions = ("deliver", "weigh", "touch")
    deletable = True

    def save_with(self, request: HttpRequest, obj: Any, changed: Mapping[str, Any], *, add: bool) -> Any:
        if obj.note == "forbidden":
            raise Invalid("No.", fields={"note": ["This note breaks a rule."], "somewhere.else": ["Elsewhere too."]})
        return super().save_with(request, obj, changed, add=add)

    @service_action(
        description="Deliver selected %(verbose_name_plural)s",
        permission="deliver",
        fields=ReasonForm,
        open_for=lambda parcel: parcel.status != ParcelStatus.DELIVERED,
    )
    def deliver(self, request: HttpRequest, obj: Parcel, *, reason: str) -> str:
        item = ParcelItem.fetch(obj.pk)
        if item.note == "locked":
            raise Conflict("It is locked.")
        item.update(actions=[ParcelItem.status.set(ParcelStatus.DELIVERED)])
        return f"because {reason}"

    @service_action(description="Weigh", permission="change", fields=ReasonForm, in_job=True)
    def weigh(self, request: HttpRequest, obj: Parcel, *, reason: str) -> None:
        item = ParcelItem.fetch(obj.pk)
        if item.note == "locked":
            raise Conflict("It is locked.")
        item.update(actions=[ParcelItem.note.set(f"weighed: {reason}")])

    @service_action(description="Touch", permission="change", confirm=False)
    def touch(self, request: HttpRequest, obj: Parcel) -> None:
        ParcelItem.fetch(obj.pk).update(actions=[ParcelItem.note.set("touched")])


class DepotAdmin(FacadeAdmin):
    list_display = ("name", "country")
    list_scan = True
    search_ways = (by_prefix("name", "name", country="US"),)


class LabelAdmin(FacadeAdmin):
    list_display = ("text", link_to("parcel"))


class StopAdmin(FacadeAdmin):
    list_display = ("place", "note")


journal = Journal()
site = FacadeAdminSite(name="admin")
site.recorder = journal
site.register(Parcel, ParcelAdmin)
site.register(Depot, DepotAdmin)
site.register(Label, LabelAdmin)
site.register(Stop, StopAdmin)
