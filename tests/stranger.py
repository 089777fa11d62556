"""A client that knows one address, `/api/schema/`, and believes what the document there says.

    sofia = Stranger(url).signed_in("concierge@demo.atlas.test", PASSWORD)
    booking = sofia.ask("POST /bookings", details=...)

A request begins as the operation's example, with the given members in the place of the example's. Request, status and
answer are held to the document, and no request may scan a table.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

import httpx
import jsonschema_rs
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

Document = dict[str, Any]

BASE = "/api/v1"
PATIENCE_SECONDS = 30.0


class Stranger:
    """`token` is of a sign-in, None for nobody."""

    def __init__(self, url: str, document: Document | None = None, token: str | None = None) -> None:
        self.url, self._token = url, token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False)
        self.document = document or self._http.get("/api/schema/").raise_for_status().json()

    def signed_in(self, email: str, password: str) -> Self:
        tokens = self.ask("POST /auth/login", email=email, password=password)
        return type(self)(self.url, self.document, tokens["accessToken"])

    def ask(self, operation: str, *, expect: int | None = None, key: str | None = None, **given: Any) -> Any:
        """The answer of `operation` ("POST /bookings/{booking_id}/assign"), which must be `expect` (any success).

        `given` goes where the document has a place for it: the path, the query, or else the body. `key` makes a retry
        safe.
        """
        answer = self.send(operation, key=key, **given)
        wanted = answer.is_success if expect is None else answer.status_code == expect
        assert wanted, f"{operation}: {answer.status_code} {answer.text}"
        return self.checked(operation, answer)

    def send(self, operation: str, *, key: str | None = None, **given: Any) -> httpx.Response:
        """The bare answer; raises `httpx.TransportError` when there is none."""
        method, path = operation.split()
        described = self._operation(operation)
        places = {place["name"]: place["in"] for place in described.get("parameters", [])}
        arguments = {name: given.pop(name) for name in list(given) if places.get(name) == "path"}
        query = {name: given.pop(name) for name in list(given) if places.get(name) == "query"}
        if key is not None:
            assert places.get("Idempotency-Key") == "header"
        return self._http.request(
            method,
            BASE + path.format(**arguments),
            params=query,
            json=self._body(described, given),
            headers={"Idempotency-Key": key} if key else {},
        )

    def checked(self, operation: str, answer: httpx.Response) -> Any:
        """The content, after a look at whether the document has promised it."""
        promised = self._operation(operation)["responses"].get(str(answer.status_code))
        assert promised is not None, f"{operation}: {answer.status_code} is not in the document: {answer.text}"
        assert "scans=0" in answer.headers.get("X-DynamoDB", "scans=0")
        if not answer.content:
            return None
        kind = answer.headers["Content-Type"].partition(";")[0]
        content = self._resolved(promised)["content"][kind]
        if kind != "application/json":
            return answer.content
        self.hold(content["schema"], answer.json())
        return answer.json()

    def hold(self, schema: Document, value: Any) -> None:
        """Fails unless `value` is what a schema of the document describes."""
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": self.document["components"]})
        faults = [
            f"{'.'.join(map(str, fault.instance_path))}: {fault.message[-300:]}"
            for fault in validator.iter_errors(value)
        ]
        assert not faults, faults

    @contextmanager
    def watching(self, path: str, **arguments: str) -> Iterator["Socket"]:
        """A socket of the document, authenticated; the first message is still to be read."""
        described = self.document["x-websockets"][path]
        url = self.url.replace("http", "ws", 1) + path.format(**arguments)
        with connect(url, proxy=None, open_timeout=PATIENCE_SECONDS) as connection:
            socket = Socket(connection, described, self)
            connection.send(json.dumps({"type": "authenticate", "token": self._token}))
            yield socket

    def _operation(self, operation: str) -> Document:
        method, path = operation.split()
        found: Document = self.document["paths"][BASE + path][method.lower()]
        return found

    def _body(self, described: Document, given: dict[str, Any]) -> Any:
        if "requestBody" not in described:
            assert not given, f"{described['operationId']} has no place for {', '.join(given)}"
            return None
        content = described["requestBody"]["content"]["application/json"]
        examples = [example["value"] for example in content.get("examples", {}).values()]
        body = {**(examples[0] if examples else {}), **given}
        self.hold(content["schema"], body)
        return body

    def _resolved(self, found: Document) -> Document:
        name = found.get("$ref", "").rpartition("/")[2]
        resolved: Document = self.document["components"]["responses"][name] if name else found
        return resolved


class Socket:
    """One open socket; each message that it says is held to the document."""

    def __init__(self, connection: ClientConnection, described: Document, stranger: Stranger) -> None:
        self.connection = connection
        self._described, self._stranger = described, stranger
        self._shapes = {shape["properties"]["type"]["const"]: shape for shape in described["receive"]}
        self._shapes["snapshot"] = described["snapshot"]

    def receive(self, kind: str | None = None, *, within: float = PATIENCE_SECONDS) -> Any:
        """The next message, or the next of this `kind`: others before it are read past."""
        deadline = time.monotonic() + within
        while True:
            message = json.loads(self.connection.recv(timeout=max(0.0, deadline - time.monotonic())))
            if message["type"] in self._shapes:
                self._stranger.hold(self._shapes[message["type"]], message)
            if kind is None or message["type"] == kind:
                return message

    def close_code(self) -> int | None:
        """Reads on until the other end closes, and says why it did."""
        with suppress(ConnectionClosed):
            while True:
                self.receive()
        return self.connection.close_code

    def send(self, message: Document) -> None:
        self._stranger.hold(self._described["send"][0], message)
        self.connection.send(json.dumps(message))

    def heard_so_far(self) -> list[Any]:
        """Everything that was on its way to this socket: what comes before the answer to a nonsensical question."""
        self.connection.send(json.dumps({"type": "what-else"}))
        heard = []
        while (message := self.receive())["type"] != "error":
            heard.append(message)
        return heard
