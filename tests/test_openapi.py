"""The OpenAPI document says everything a stranger needs: what each operation does, with an example that works."""

import json
import re
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.bookings.stage import make_cast
from tests.calls import CALLS, user_of
from tests.clients import client_of
from tests.factories import PASSWORD

METHODS = ("get", "post", "put", "patch", "delete")
Operation = dict[str, Any]


@cache
def document() -> dict[str, Any]:
    """As the running server gives it."""
    found: dict[str, Any] = APIClient().get("/api/schema/").json()
    return found


@cache
def operations() -> dict[str, Operation]:
    """`"POST /bookings"` -> operation, for every one of the document."""
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": item[method]
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    }


def body_examples(operation: Operation) -> list[Any]:
    content = operation["requestBody"]["content"]["application/json"]
    return [example["value"] for example in content.get("examples", {}).values()]


@pytest.mark.slow
def test_it_is_made_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_operation_is_named_and_summarised() -> None:
    assert document()["openapi"].startswith("3.1")
    for name, operation in operations().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), name
        assert 0 < len(operation["summary"]) <= 120, name
        assert operation["tags"] in (["Accounts"], ["Fleet"], ["Marketplace"], ["Payments"], ["Telemetry"]), name


def test_every_component_has_a_name_of_ours() -> None:
    """Neither a generator's `StatusD0eEnum` nor a `RequestRequest`, nor our own docstrings for developers."""
    for name, schema in document()["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), name
        assert not re.search(r"Enum|RequestRequest|Serializer", name), name
        assert "snake_case" not in schema.get("description", ""), name
    assert "x-spec-enum-id" not in json.dumps(document())


def test_every_body_has_an_example() -> None:
    lacking = [
        name for name, operation in operations().items() if "requestBody" in operation and not body_examples(operation)
    ]
    assert not lacking


@pytest.mark.slow
@pytest.mark.usefixtures("sandbox", "objects")
@pytest.mark.parametrize("name", [name for name, operation in operations().items() if "requestBody" in operation])
def test_the_example_works(name: str) -> None:
    """Sent with the ids and passwords of what is there; everything else as the document has it."""
    cast = make_cast(PASSWORD)
    call = CALLS[name](cast)
    example = body_examples(operations()[name])[0]
    if isinstance(example, dict):
        assert set(example) >= set(call.body), "what is sent must be what is documented"
    answer = call.send(client_of(user_of(cast, call)), name)
    assert 200 <= answer.status_code < 300, answer.content
