"""A real server beside the test process, on its engine and Redis, and browsers that fail on any error of a page."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from atlas.local.service import Service
from atlas.local.square.testing import SandboxServer

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
START_SECONDS = 60.0
PATIENCE_MS = 30_000
"""How long a page may take to show what it should: a build server draws maps without a graphics card."""
EXPECTED = re.compile(r"status of 400|htmx:(sendAbort|afterRequest)")
"""What a browser logs when a form is refused, or when an answer is overtaken by a newer question: no fault of the page.
(A request that fails says `htmx:sendError` or `htmx:responseError` besides.)
"""

Open = Callable[..., Page]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def live_site(
    square_process: SandboxServer, object_process: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of Atlas over HTTP and WebSocket, as Daphne serves it."""
    port = _free_port()
    log = (tmp_path_factory.mktemp("site") / "log").open("w+")
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port), "atlas.asgi:application"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "atlas.settings",
            "SQUARE_BASE_URL": square_process.base_url,
            "SQUARE_ACCESS_TOKEN": square_process.access_token,
            "OBJECTS_ENDPOINT": object_process.url,
            "PORT": str(port),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _await(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(15)
        log.close()


@pytest.fixture
def open_browser(live_site: str, object_process: Service) -> Iterator[Open]:
    """`open_browser(phone=True, dark=True, ...)` gives a page of its own browser session; none may log an error, miss a
    file or ask anybody but the site (and the object store, for a download).
    """
    known = (live_site, f"{object_process.url}/", "data:", "blob:")
    wrong: list[str] = []
    contexts: list[BrowserContext] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def open_one(*, phone: bool = False, dark: bool = False, **options: Any) -> Page:
            context = chromium.new_context(
                base_url=live_site,
                viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
                is_mobile=phone,
                has_touch=phone,
                color_scheme="dark" if dark else "light",
                **options,
            )
            contexts.append(context)
            page = context.new_page()
            watch(page, known, wrong)
            return page

        yield open_one
        for context in contexts:
            context.close()
        chromium.close()
    assert wrong == []


def watch(page: Page, known: tuple[str, ...], wrong: list[str]) -> None:
    """Note down whatever a page should not do."""

    def logged(message: Any) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            wrong.append(f"{page.url}: {message.text}")

    def asked(request: Any) -> None:
        if not request.url.startswith(known):
            wrong.append(f"{page.url} asked {request.url}")

    def answered(response: Any) -> None:
        if response.status >= 400 and response.request.method != "POST":
            wrong.append(f"{page.url}: {response.status} {response.url}")

    page.on("console", logged)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("request", asked)
    page.on("response", answered)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(server: "subprocess.Popen[bytes]", port: int, log: Any) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    log.seek(0)
    raise RuntimeError(f"the site did not start:\n{log.read()}")
