"""One request of an operation of the API, as the tests make it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework.response import Response
from rest_framework.test import APIClient

from tests.bookings.stage import Cast, lend


@dataclass(frozen=True)
class Call:
    """What goes into a request of an operation; `who` of the cast may make it."""

    who: str
    ids: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    """Of a device: it sends, whoever asks."""

    def send(self, client: APIClient, operation: str, **headers: str) -> Response:
        method, path = operation.split()
        if self.token is not None:
            client = APIClient(raise_request_exception=False)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.token}")
        url = "/api/v1" + path.format(**self.ids)
        if self.query:
            url += "?" + "&".join(f"{name}={value}" for name, value in self.query.items())
        body: Any = json.dumps(self.body) if self.body is not None else ""
        response: Response = client.generic(
            method, url, body, content_type="application/json", headers={**self.headers, **headers}
        )
        return response


Prepare = Callable[[Cast], Call]


def of_account(cast: Cast) -> Call:
    """Of a concierge who pays after rides."""
    lend(cast)
    return Call("concierge")
