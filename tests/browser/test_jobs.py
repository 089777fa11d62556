"""A long job as who waits for it sees it: it moves by itself, then there is the file, and the browser saves it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.tables import User
from atlas import jobs
from atlas.jobs import worker
from atlas.jobs.registry import handler
from atlas.jobs.tables import Job
from tests.atlas.jobs import samples
from tests.browser.axe import faults
from tests.browser.conftest import Open
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.usefixtures("objects")]

SHOTS = os.environ.get("ATLAS_SCREENSHOTS", "")
"""A folder for pictures of the way, to look at."""


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> tuple[User, Job]:
    """A user and their job, which nobody does yet."""
    monkeypatch.setattr("atlas.jobs.services.enqueue", lambda _: None)
    assert handler("samples.lines") is samples.lines
    user: User = UserFactory.create(name="Ada Byron")
    return user, jobs.start("samples.lines", params={"count": 40}, owner_id=user.id)


def open_job(page: Page, user: User, job: Job) -> None:
    page.goto(f"/sign-in/?next=/account/jobs/{job.id}/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("It waits for its turn.")).to_be_visible()


def look(page: Page, name: str) -> None:
    """Nothing of it shuts anybody out, and nothing is wider than the screen."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"job-{name}.png")


@pytest.mark.parametrize("shape", [{"phone": True, "dark": True}, {}], ids=["phone-dark", "desk-light"])
def test_it_moves_by_itself_and_then_there_is_the_file(
    open_browser: Open, waiting: tuple[User, Job], shape: dict[str, bool]
) -> None:
    user, job = waiting
    page = open_browser(bypass_csp=True, **shape)
    open_job(page, user, job)

    claimed = worker.claim(job.id)
    assert claimed is not None
    run = jobs.Run(claimed)
    run._written = 0
    run.progress(10, 40, "Bookings")
    expect(page.get_by_text("10 of 40 Bookings")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "10")
    look(page, "running" + "-dark" * bool(shape))

    samples.lines(run)
    worker._finish(claimed, run)
    link = page.get_by_role("link", name="Lines 40.csv")
    expect(link).to_be_visible()
    look(page, "done" + "-dark" * bool(shape))
    with page.expect_download() as saved:
        link.click()

    assert saved.value.suggested_filename == "Lines 40.csv"
    assert Path(saved.value.path()).read_text().splitlines()[1:] == [f"{number},1" for number in range(40)]


def test_it_is_called_off_with_one_click(open_browser: Open, waiting: tuple[User, Job]) -> None:
    user, job = waiting
    page = open_browser()
    open_job(page, user, job)
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("It was called off.")).to_be_visible()
