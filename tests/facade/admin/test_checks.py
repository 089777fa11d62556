"""Options that cannot work are found at start, each with what works instead."""

from typing import Any

import pytest
from django import forms
from django.contrib.admin import SimpleListFilter
from django.core.checks import Error

from atlas.facade.admin import FacadeAdmin, FacadeAdminSite, FacadeTabularInline, IndexFilter, Way, by_email, by_id
from atlas.facade.admin.search import by_prefix
from tests.facade.parcels.admin import site
from tests.facade.parcels.models import Depot, Label, Parcel, Stop


class Stock(SimpleListFilter):
    title = "stock"
    parameter_name = "stock"


class Unlinked(FacadeTabularInline):
    model = Stop
    fk_name = "parcel"


def found(model: Any = Parcel, base: type[FacadeAdmin] = FacadeAdmin, **options: Any) -> list[Error]:
    own = FacadeAdminSite(name="checked")
    admin = type("CheckedAdmin", (base,), options)
    own.register(Depot, FacadeAdmin)
    if model is not Depot:
        own.register(model, admin)
    return own.get_model_admin(model).check()  # type: ignore[return-value]


def test_the_tests_own_admins_are_fine() -> None:
    assert [error for admin in site._registry.values() for error in admin.check()] == []


@pytest.mark.parametrize(
    ("options", "number", "hint"),
    [
        ({"autocomplete_fields": ("depot",)}, "E203", "search_ways of FacadeAdmin"),
        ({"autocomplete_fields": ("note",)}, "E201", "links="),
        ({"form": forms.ModelForm}, "E204", "FacadeForm"),
        ({"ordering": ("note",)}, "E205", "Order by one of sent_at"),
        ({"ordering": ("-sent_at", "note")}, "E205", "Order by one of sent_at"),
        ({"rule_owned": ("nonsense",)}, "E206", "Its fields are"),
        ({"secret_fields": ("nonsense",)}, "E206", "Its fields are"),
        ({"list_filter": ("status",)}, "E210", "IndexFilter.on"),
        ({"list_filter": (Stock,)}, "E210", "IndexFilter.on"),
        ({"list_filter": (IndexFilter.on("nonsense"),)}, "E211", "field of the table"),
        ({"list_filter": (IndexFilter.on("status", needs="nonsense"),)}, "E211", "field of the table"),
        ({"list_filter": (IndexFilter.on("note"),)}, "E212", "choices="),
        ({"date_hierarchy": "sent_at"}, "E213", "DayRangeFilter"),
        ({"search_fields": ("note",)}, "E214", "search_ways"),
        ({"list_editable": ("note",), "list_display": ("id", "note")}, "E215", "item's page"),
        ({"search_ways": (Way("note", "note"),)}, "E216", "Look up by pk, or by"),
        ({"search_ways": (by_prefix("sent_at", "day"),)}, "E216", "together with its partition"),
        ({"show_full_result_count": True}, "E217", "False"),
        ({"actions_on_top": False}, "E219", "actions = None"),
    ],
)
def test_what_cannot_work(options: dict[str, Any], number: str, hint: str) -> None:
    (error,) = found(**options)
    assert error.id == f"facade.{number}"
    assert hint in str(error.hint)


@pytest.mark.parametrize(
    "options",
    [
        {"ordering": ("-sent_at",)},
        {"search_ways": (by_id(), by_email(), Way("depot", "depot"), Way("depot", "depot_id"))},
        {"search_ways": (Way("day", "sent_at__startswith", also=(("status", "PENDING"),)),)},
        {"list_filter": (IndexFilter.on("note", choices=[("a", "A")]), IndexFilter.on("insured"))},
        {"rule_owned": ("shown_by_a_method",), "shown_by_a_method": lambda self, obj: ""},
        {"fieldsets": ((None, {"fields": ("reference", ("note", "status"))}),)},
    ],
)
def test_what_works(options: dict[str, Any]) -> None:
    assert found(**options) == []


def test_an_inline_that_no_index_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    from atlas.facade.admin import checks  # noqa: PLC0415

    assert found(inlines=(Unlinked,)) == [], "its table is queried by the parcel"
    monkeypatch.setattr(checks, "served_by_index", lambda *_: False)
    (error,) = found(inlines=(Unlinked,))
    assert (error.id, "hash key parcel_id" in str(error.hint)) == ("facade.E220", True)


def test_labels_of_a_link() -> None:
    assert found(Label, autocomplete_fields=("parcel",))[0].id == "facade.E202"
