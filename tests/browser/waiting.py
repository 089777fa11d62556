"""Waiting for what a page's own script knows. Playwright's `wait_for_function` needs `eval`, which our pages refuse."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

STEP_MS = 250
PATIENCE_SECONDS = 60.0


def until(page: Page, expression: str, arg: Any = None) -> None:
    """Until `expression` holds in the page. Raises AssertionError when it never does."""
    until_true(page, lambda: page.evaluate(expression, arg), expression)


def until_true(page: Page, holds: Callable[[], Any], what: str) -> None:
    """Until `holds()` while the page goes on. Raises AssertionError, naming `what`, when it never does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"never came true: {what}"
        page.wait_for_timeout(STEP_MS)
