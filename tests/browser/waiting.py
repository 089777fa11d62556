"""Waiting for what a page's own script knows. Playwright's `wait_for_function` needs `eval`, which our pages refuse."""

import time
from typing import Any

from playwright.sync_api import Page

STEP_MS = 250
PATIENCE_SECONDS = 60.0


def until(page: Page, expression: str, arg: Any = None) -> None:
    """Until `expression` holds in the page. Raises AssertionError when it never does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not page.evaluate(expression, arg):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(STEP_MS)
