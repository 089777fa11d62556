"""What of an admin's options cannot work over DynamoDB, found at start (`manage.py check`), each with what works."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.checks import InlineModelAdminChecks, ModelAdminChecks
from django.contrib.admin.exceptions import NotRegistered
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey
from django.forms.models import _get_foreign_key

from atlas.facade.admin.filters import FacadeFilter, IndexFilter
from atlas.facade.admin.forms import FacadeForm
from atlas.facade.planning.ways import served_by_index, ways

if TYPE_CHECKING:
    Checks = ModelAdminChecks
else:
    Checks = object


class FacadeChecks(Checks):
    """Of admins and inlines alike."""

    def _check_autocomplete_fields_item(self, obj: Any, field_name: str, label: str) -> list[CheckMessage]:
        """Django's wants `search_fields` of the linked admin; what serves a term here are `search_ways`."""
        field = field_of(obj.model, field_name)
        if not isinstance(field, ForeignKey):
            return [error("E201", obj, f"'{label}' refers to '{field_name}', which is no link.", LINKS)]
        try:
            related = obj.admin_site.get_model_admin(field.remote_field.model)
        except NotRegistered:
            hint = f"Register an admin for {field.remote_field.model._meta.label}."
            return [error("E202", obj, f"'{label}': nothing to search for a {field_name} with.", hint)]
        if not getattr(related, "search_ways", ()):
            hint = f"Declare search_ways of {type(related).__name__}: each an exact key, or a prefix of a sort key."
            return [error("E203", obj, f"'{label}': {type(related).__name__} finds nothing by a term.", hint)]
        return []

    def _check_form(self, obj: Any) -> list[CheckMessage]:
        if not issubclass(obj.form, FacadeForm):
            hint = "Derive it from atlas.facade.admin.forms.FacadeForm."
            return [error("E204", obj, "'form' does not know which version it was opened on.", hint)]
        return []

    def _check_ordering(self, obj: Any) -> list[CheckMessage]:
        """An index sorts, by its sort key alone."""
        sorts = {obj.model.field_names[way.range] for way in ways(obj.model.table) if way.range}
        hint = f"Order by one of {', '.join(sorted(sorts))}." if sorts else "This table has no sort key: leave it out."
        names = [str(each).lstrip("-") for each in obj.ordering or ()]
        if len(names) > 1 or any(name not in sorts for name in names):
            return [error("E205", obj, f"No index sorts by 'ordering' = {obj.ordering!r}.", hint)]
        return []

    def _check_named_fields(self, obj: Any) -> Iterator[CheckMessage]:
        for option in ("rule_owned", "secret_fields", "personal_fields", "unwatched_fields", "shown"):
            for name in getattr(obj, option, ()):
                if field_of(obj.model, name) is None and not (option == "rule_owned" and hasattr(obj, name)):
                    hint = f"Its fields are {', '.join(each.name for each in obj.model._meta.concrete_fields)}."
                    yield error("E206", obj, f"'{option}' names '{name}', which is no field.", hint)


class FacadeAdminChecks(FacadeChecks, ModelAdminChecks):
    def check(self, admin_obj: Any, **options: Any) -> list[CheckMessage]:
        return [
            *super().check(admin_obj, **options),
            *self._check_named_fields(admin_obj),
            *self._check_ways(admin_obj),
            *self._check_listing(admin_obj),
        ]

    def _check_list_filter_item(self, obj: Any, item: Any, label: str) -> list[CheckMessage]:
        """Stock filters read all there is, to offer it."""
        if not (isinstance(item, type) and issubclass(item, FacadeFilter)):
            hint = "Use IndexFilter.on('field') or DayRangeFilter.on('field')."
            return [error("E210", obj, f"'{label}' is no filter that an index can serve.", hint)]
        missing = [name for name in (item.field, *item.needs) if field_of(obj.model, name) is None]
        messages: list[CheckMessage] = [
            error("E211", obj, f"'{label}' refers to '{name}', which is no field.", FIELD) for name in missing
        ]
        if not messages and issubclass(item, IndexFilter) and not has_choices(item, obj.model):
            hint = "Give it choices=[(value, label), ...], or filter by an enumeration or a yes and no."
            messages.append(error("E212", obj, f"'{label}': '{item.field}' has no choices to offer.", hint))
        return messages

    def _check_date_hierarchy(self, obj: Any) -> list[CheckMessage]:
        if obj.date_hierarchy:
            hint = "Use a DayRangeFilter in list_filter."
            return [error("E213", obj, "'date_hierarchy' reads the first and the last of all items.", hint)]
        return []

    def _check_search_fields(self, obj: Any) -> list[CheckMessage]:
        if obj.search_fields:
            hint = "Declare search_ways = (by_uuid(), by_email('email'), ...)."
            return [error("E214", obj, "'search_fields' searches by parts of words, which no index serves.", hint)]
        return []

    def _check_list_editable(self, obj: Any) -> list[CheckMessage]:
        if obj.list_editable:
            hint = "Edit on the item's page, where two editors are told apart, or declare a service_action."
            return [error("E215", obj, "'list_editable' saves rows without their opened versions.", hint)]
        return []

    def _check_ways(self, obj: Any) -> Iterator[CheckMessage]:
        """A way of search that no key serves would be refused at each use."""
        hashes = {obj.model.field_names[way.hash] for way in ways(obj.model.table)}
        sorts = {obj.model.field_names[way.range] for way in ways(obj.model.table) if way.range}
        for way in obj.search_ways:
            name, _sep, kind = way.lookup.partition("__")
            named = {each for key, _value in way.also for each in names_of(obj.model, key.partition("__")[0])}
            served = name == "pk" or (kind in ("", "exact") and names_of(obj.model, name) & hashes)
            within = kind in ("", "exact", "startswith") and names_of(obj.model, name) & sorts and named & hashes
            if not (served or within):
                hint = f"Look up by pk, or by {', '.join(sorted(hashes))}; by a sort key together with its partition."
                yield error("E216", obj, f"'search_ways': no key serves '{way.lookup}'.", hint)

    def _check_listing(self, obj: Any) -> Iterator[CheckMessage]:
        if obj.show_full_result_count:
            yield error("E217", obj, "'show_full_result_count' counts a whole table.", "Leave it False.")
        if obj.show_facets.value != "NEVER":
            yield error("E218", obj, "'show_facets' counts every choice of every filter.", "Leave it ShowFacets.NEVER.")
        if not (obj.actions_on_top or obj.actions_on_bottom):
            hint = "Keep one of them; a list without actions is actions = None."
            yield error("E219", obj, "Without 'actions_on_top' and 'actions_on_bottom' no action can be chosen.", hint)


class FacadeInlineChecks(FacadeChecks, InlineModelAdminChecks):
    def check(self, inline_obj: Any, **options: Any) -> list[CheckMessage]:  # type: ignore[override]
        return [*super().check(inline_obj, **options), *self._check_named_fields(inline_obj)]

    def _check_relation(self, obj: Any, parent_model: Any) -> list[CheckMessage]:
        found: list[CheckMessage] = super()._check_relation(obj, parent_model)  # type: ignore[misc]
        if found:
            return found
        link = _get_foreign_key(parent_model, obj.model, fk_name=obj.fk_name)
        attribute = obj.model.attribute_names[link.attname]
        if not served_by_index(obj.model.table, attribute):
            hint = f"Give {obj.model.table.__name__} an index with the hash key {attribute}."
            return [error("E220", obj, f"No index lists the {obj.model._meta.verbose_name_plural} of one item.", hint)]
        return []


LINKS = "Declare the link on the facade: links={'<name>_id': 'app.Model'}."
FIELD = "Name a field of the table."


def error(number: str, obj: Any, message: str, hint: str) -> Error:
    return Error(message, hint, type(obj), f"facade.{number}")


def field_of(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return next((each for each in model._meta.concrete_fields if each.attname == name), None)


def names_of(model: Any, name: str) -> set[str]:
    """A field under both of its names."""
    field = field_of(model, name)
    return set() if field is None else {field.name, field.attname}


def has_choices(item: type[IndexFilter], model: Any) -> bool:
    field = field_of(model, item.field)
    choices: Iterable[Any] = item.values or getattr(field, "flatchoices", ()) or ()
    return bool(list(choices)) or field.get_internal_type() == "BooleanField"
