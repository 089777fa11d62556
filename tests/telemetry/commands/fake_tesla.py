"""Tesla's signing proxy and its token service, as they are documented to answer, on a port of their own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Reply = tuple[int, dict[str, str], Any]
DID_IT: Reply = (200, {}, {"response": {"result": True, "reason": ""}})


@dataclass
class FakeTesla:
    """`replies` are given in their order, then `DID_IT`; a reply of None hangs up without an answer."""

    url: str = ""
    token: str = "access-1"
    refresh: str = "refresh-1"
    replies: list[Reply | None] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    """Path, bearer token and body of each call that came to the proxy."""
    renewed: int = 0

    def renew(self, form: dict[str, list[str]]) -> Reply:
        """A refresh token counts once."""
        if form["refresh_token"] != [self.refresh] or form["grant_type"] != ["refresh_token"]:
            return 401, {}, {"error": "login_required"}
        self.renewed += 1
        self.token, self.refresh = f"access-{self.renewed + 1}", f"refresh-{self.renewed + 1}"
        return 200, {}, {"access_token": self.token, "refresh_token": self.refresh, "expires_in": 28800}

    def command(self, path: str, token: str, body: Any) -> Reply | None:
        self.asked.append((path, token, body))
        if token != self.token:
            return 401, {}, {"response": None, "error": "token expired (401)", "error_description": ""}
        if path.endswith("/wake_up"):
            return 200, {}, {"response": {"state": "asleep"}}
        return self.replies.pop(0) if self.replies else DID_IT


@contextmanager
def fake_tesla() -> Iterator[FakeTesla]:
    fake = FakeTesla()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/token":
                reply: Reply | None = fake.renew(parse_qs(raw.decode()))
            else:
                token = self.headers["Authorization"].removeprefix("Bearer ")
                reply = fake.command(self.path, token, json.loads(raw))
            if reply is None:
                self.close_connection = True
                return
            status, headers, body = reply
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
