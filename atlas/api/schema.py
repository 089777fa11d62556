"""What the OpenAPI 3.1 document says of every operation: one error component, the schemes, closed request bodies.

Importing this module (`atlas.api.docs` does) registers the extensions with drf-spectacular.
"""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from atlas.api.serializers import Query, Serializer

Schema = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")

ERROR: Schema = {
    "type": "object",
    "description": "Every failure. Some carry more beside `code`, such as the state as it is now.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs.", "examples": ["quote_expired"]},
                "message": {"type": "string", "description": "For people."},
                "fields": {
                    "type": "object",
                    "description": "Faulty inputs by name; nested ones dotted, such as `details.pickup.lat`.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "requestId": {"type": "string", "description": "Quote it when you report a fault."},
            },
        }
    },
}

RETRY_AFTER: Schema = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}}

DESCRIPTIONS = {
    "400": "Malformed or invalid; `fields` says where.",
    "401": "Not signed in, or no longer.",
    "402": "The card was declined; nothing was changed.",
    "403": "Signed in, but you may not.",
    "404": "Not there, or not yours to know of.",
    "405": "This path has no such method.",
    "406": "Not in the form that `Accept` asks for.",
    "409": "Lost a race or wrong state.",
    "412": "`If-Match` names an old version.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests.",
    "503": "The store is away; nothing was half done.",
}
EVERYWHERE = ("400", "401", "403", "404", "405", "406", "409", "429", "503")
WITH_BODY = ("413", "415")

IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` you read: 412 when the item has changed since.",
    "schema": {"type": "string", "maxLength": 200, "pattern": r'^(\*|(W/)?"[^"]*"(, ?(W/)?"[^"]*")*)$'},
}


def undocumented() -> list[type]:
    """drf-spectacular's `GET_LIB_DOC_EXCLUDES`: bases whose docstrings are for us, not for who uses the API."""
    return [*get_lib_doc_excludes(), Serializer, Query]  # type: ignore[no-untyped-call]


def add_manners(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """drf-spectacular's post-processing hook: what is true of every operation, said once."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR
    components["responses"] = {_component(code): _error(code) for code in DESCRIPTIONS}
    for path in result.get("paths", {}).values():
        for method in METHODS:
            if operation := path.get(method):
                _summarise(operation)
                _add_errors(operation, method)
                _add_if_match(operation, method)
    return result


def _summarise(operation: Schema) -> None:
    """The first line of a view's docstring is what an operation does in a few words."""
    if "summary" not in operation and "description" in operation:
        summary, _, rest = operation.pop("description").partition("\n")
        operation["summary"] = summary.rstrip(".")
        if rest.strip():
            operation["description"] = rest.strip()


def _add_errors(operation: Schema, method: str) -> None:
    codes = [*EVERYWHERE, *(WITH_BODY if "requestBody" in operation else ())]
    if method == "patch":
        codes.append("412")
    responses = operation.setdefault("responses", {})
    for code in codes:
        responses.setdefault(code, {"$ref": f"#/components/responses/{_component(code)}"})
    operation["responses"] = dict(sorted(responses.items()))


def _add_if_match(operation: Schema, method: str) -> None:
    if method == "patch":
        operation.setdefault("parameters", []).append(IF_MATCH)


def _component(code: str) -> str:
    return f"Error{code}"


def _error(code: str) -> Schema:
    found: Schema = {
        "description": DESCRIPTIONS[code],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return {**found, "headers": RETRY_AFTER} if code in ("429", "503") else found


def error_response(description: str) -> OpenApiResponse:
    """A failure worth describing at its operation: `responses={402: error_response("The card was declined.")}`."""
    return OpenApiResponse({"$ref": "#/components/schemas/Error"}, description=description)


def request_example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def response_example(name: str, value: Any, *, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


class ClosedSerializer(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Unknown members are refused, so a request's schema says `additionalProperties: false`."""

    target_class = "atlas.api.serializers.Serializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Schema:
        schema: Schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "request":
            schema["additionalProperties"] = False
        return schema


class NamedChoice(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """The values of an enum are a component of its name; other choices stand where they are used."""

    target_class = "atlas.api.fields.Choice"
    match_subclasses = True

    def get_name(self) -> str | None:
        return self.target.enum.__name__ if self.target.enum else None

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        nothing = [None] if self.target.allow_null and self.target.enum is None else []  # a component never is null
        return {"type": "string", "enum": [*self.target.choices, *nothing]}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `accessToken` of `auth/login`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "atlas_session",
            "description": "The web pages' session; writes need `X-CSRFToken` too.",
        }
