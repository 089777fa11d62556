"""What beat asks for, workers know."""

from atlas.celery import app


def test_every_tick_is_of_a_task_that_there_is() -> None:
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert not asked - set(app.tasks)
