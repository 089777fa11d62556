"""An action on very many items becomes jobs, whose report says what became of each."""

import csv
import io
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from accounts.rules.roles import Role
from atlas.backoffice import large_actions
from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.jobs import JobStatus
from atlas.jobs.tables import Job
from tests.atlas.jobs.helpers import result
from tests.facade.admin.conftest import START
from tests.facade.parcels.admin import site
from tests.facade.parcels.models import ParcelItem
from tests.facade.parcels.urls import urlpatterns  # before the site is exchanged: Atlas's own addresses keep their own
from tests.factories import UserFactory

LIST = "/admin/parcels/parcel/"


@pytest.fixture(autouse=True)
def parcels(store: None, objects: object, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Store.of_settings()
    apply_plan(engine, make_plan(engine, [ParcelItem]))
    assert urlpatterns
    settings.ROOT_URLCONF = "tests.facade.parcels.urls"
    monkeypatch.setattr("django.contrib.admin.site", site)
    monkeypatch.setattr(site, "large_actions", large_actions.ActionsAsJobs())
    monkeypatch.setattr(large_actions, "address_of", lambda job: f"/jobs/{job.id}")


def test_a_large_action_is_a_job(client: Client) -> None:
    staff = User.from_item(UserFactory.create(role=Role.ADMIN))
    client.force_login(staff)
    items = [ParcelItem(reference=f"=PAR-{number}", sent_at=START) for number in range(101)]
    items[50].note = "locked"
    for item in items:
        item.save()
    gone = "00000000-0000-4000-8000-000000000000"
    keys = [*(item.id for item in items), gone]
    posted = {"action": "weigh", "_selected_action": keys, "confirmed": "1", "reason": "as asked"}
    response = client.post(LIST, posted)
    (message,) = [str(each) for each in get_messages(response.wsgi_request)]
    assert "Weigh: 102 items are being done in the background." in message
    job = Job.fetch(message.partition("/jobs/")[2].partition('"')[0])
    assert (job.status, job.owner_id, job.done, job.total) == (JobStatus.DONE, staff.pk, 102, 102)
    assert job.note == "100 done, 1 refused, 1 gone"
    rows = list(csv.DictReader(io.StringIO("\r\n".join(result(job)).lstrip("\ufeff"))))
    assert [row["key"] for row in rows] == keys
    assert (rows[0]["item"], rows[0]["outcome"]) == ("'=PAR-0", "DONE")
    assert (rows[50]["outcome"], rows[50]["message"]) == ("REFUSED", "It is locked.")
    assert rows[-1]["outcome"] == "GONE"
    assert {ParcelItem.fetch(item.id).note for item in items} == {"weighed: as asked", "locked"}
    for item in items:
        ParcelItem.fetch(item.id).delete()
