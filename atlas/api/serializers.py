"""The base of every serializer: snake_case in Python, camelCase on the wire, nothing that was not asked for.

    class PlaceSerializer(Serializer):
        lat = Latitude()
        lng = Longitude()

    class DetailsSerializer(Serializer):
        pickup_location = FreeText(max_length=200)      # "pickupLocation" in JSON, in errors and in OpenAPI
        base_p2p = Cents()                              # "baseP2P": an exception, named in `WIRE_NAMES`
        pickup = PlaceSerializer(required=False)

The field itself is renamed (its `source` stays the Python name), so data, errors and the OpenAPI document
cannot disagree. Unknown members are refused, nested ones too.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.settings import api_settings

from atlas.card_numbers import strike_card_numbers

AnyField = serializers.Field[Any, Any, Any, Any]

WIRE_NAMES = {"base_p2p": "baseP2P"}
"""The seed's attribute names that plain camel-casing does not give."""

LONGEST_LIST = 100
MOST_UNKNOWN_NAMES = 20
LONGEST_UNKNOWN_NAME = 100

_LAX = {
    serializers.CharField,
    serializers.EmailField,
    serializers.URLField,
    serializers.SlugField,
    serializers.RegexField,
    serializers.UUIDField,
    serializers.BooleanField,
    serializers.IntegerField,
    serializers.FloatField,
    serializers.DecimalField,
    serializers.ChoiceField,
    serializers.MultipleChoiceField,
    serializers.DateField,
    serializers.TimeField,
    serializers.DateTimeField,
    serializers.DurationField,
}


def wire_name(name: str) -> str:
    """`pickup_location` -> `pickupLocation`."""
    if name in WIRE_NAMES:
        return WIRE_NAMES[name]
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Serializer(serializers.Serializer[Any]):
    """A JSON object. Reads attributes or mapping keys in snake_case; gives `validated_data` in snake_case."""

    default_error_messages = {"invalid": "Expected an object."}

    unknown_message: ClassVar[str] = "Unknown field."
    read_only_message: ClassVar[str] = "This field cannot be set."

    @classmethod
    def as_list(cls, *, max_length: int = LONGEST_LIST, **options: Any) -> serializers.ListSerializer[Any]:
        """A list of these as a field: `itinerary = DaySerializer.as_list(max_length=60, required=False)`."""
        make: Any = cls
        made: serializers.ListSerializer[Any] = make(many=True, max_length=max_length, **options)
        return made

    def get_fields(self) -> dict[str, AnyField]:
        fields = {}
        for name, field in super().get_fields().items():
            if not field.read_only:
                _refuse_lax(type(self), name, field)
            wire = wire_name(name)
            if wire != name and field.source is None:
                field.source = name
            fields[wire] = field
        return fields

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by their Python names. Every fault is reported at once, under its name on the wire."""
        if not isinstance(data, Mapping):
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [self.error_messages["invalid"]]})
        values: dict[str, Any] = {}
        errors: dict[str, Any] = self._unknown(data)
        for field in self._writable_fields:
            name = str(field.field_name)
            if name in errors:
                continue
            check = getattr(self, f"validate_{field.source}", None)
            try:
                value = field.run_validation(field.get_value(data))
                if check is not None:
                    value = check(value)
            except ValidationError as error:
                errors[name] = error.detail
            except DjangoValidationError as error:
                errors[name] = error.messages
            except serializers.SkipField:
                pass
            else:
                self.set_value(values, field.source_attrs, value)
        if errors:
            raise ValidationError(errors)
        return values

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As DRF's, but what `validate()` reports under Python names goes out under those of the wire."""
        is_empty, data = self.validate_empty_values(data)
        if is_empty:
            return data
        values = self.to_internal_value(data)
        try:
            self.run_validators(values)
            return self.validate(values)
        except (ValidationError, DjangoValidationError) as error:
            raise ValidationError(_on_wire(self, serializers.as_serializer_error(error))) from error

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Members that may not be sent; the first few are named, so that an answer stays small. None repeats a card."""
        found: dict[str, Any] = {}
        for name in data:
            if name not in self.fields:
                shown = strike_card_numbers(str(name))[:LONGEST_UNKNOWN_NAME]
                found[shown] = [ErrorDetail(self.unknown_message, "unknown")]
            elif self.fields[name].read_only:
                found[name] = [ErrorDetail(self.read_only_message, "read_only")]
            if len(found) == MOST_UNKNOWN_NAMES:
                break
        return found


class Query(Serializer):
    """The query parameters of a list or a view; `cursor` and `limit` belong to `atlas.api.pagination`.

    Numbers and booleans are read from text here, and nowhere else.
    """

    unknown_message = "Unknown parameter."
    elsewhere: ClassVar[frozenset[str]] = frozenset({"cursor", "limit"})

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Each parameter once, and `?to=` is an empty text: DRF would take it for an absent one, as forms mean it."""
        if isinstance(data, QueryDict):
            if repeated := {name: ["Give it once."] for name, values in data.lists() if len(values) > 1}:
                raise ValidationError(repeated)
            data = data.dict()
        return super().to_internal_value(data)

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, Any]:
        errors = super()._unknown(data)
        return {name: error for name, error in errors.items() if name not in self.elsewhere}

    @classmethod
    def parse(cls, request: Request, **context: Any) -> dict[str, Any]:
        """The checked parameters in snake_case. Raises `ValidationError`."""
        parameters: dict[str, Any] = validated(cls(data=request.query_params, context=context))
        return parameters


def validated(serializer: serializers.BaseSerializer[Any]) -> Any:
    """What `serializer` makes of its data. Raises `ValidationError` (400) otherwise."""
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def parse(
    serializer: type[Serializer],
    request: Request,
    *,
    partial: bool = False,
    many: bool = False,
    **context: Any,
) -> Any:
    """The checked body of `request` in snake_case: a dict, a list with `many`. Raises `ValidationError`."""
    context["request"] = request
    return validated(serializer(data=request.data, partial=partial, many=many, context=context))


def _on_wire(field: AnyField | None, detail: Any) -> Any:
    """An error detail in Python names with the names of the wire, nested objects and lists included."""
    if isinstance(detail, list):
        return [_on_wire(field, each) for each in detail]
    if not isinstance(detail, Mapping) or field is None:
        return detail
    if child := getattr(field, "child", None):
        return {index: _on_wire(child, inner) for index, inner in detail.items()}
    inner_fields = {inner.source: inner for inner in getattr(field, "fields", {}).values()}
    return {
        (inner_fields[name].field_name if name in inner_fields else name): _on_wire(inner_fields.get(name), inner)
        for name, inner in detail.items()
    }


def _refuse_lax(owner: type, name: str, field: AnyField | None) -> None:
    """A field that would coerce `"7"` to 7 is a mistake in the declaration: say so at the first use."""
    while field is not None:
        if type(field) in _LAX:
            raise ImproperlyConfigured(
                f"{owner.__name__}.{name} is DRF's {type(field).__name__}, which coerces types: "
                "use one of atlas.api.fields."
            )
        field = getattr(field, "child", None)
