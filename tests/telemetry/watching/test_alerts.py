"""Alerts: raised once, added to, seen to, escalated by the written policy, and told to the roles that it names."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from atlas.dynamo.attributes import utc_now
from telemetry.alerts import escalating
from telemetry.alerts.mail import mail_alert
from telemetry.alerts.tables import AlertStatus, FleetAlert
from telemetry.events import AlertRaised
from telemetry.rules.escalation import Severity
from tests.bookings.stage import Cast, make_cast
from tests.clients import client_of
from tests.telemetry.drives import NOON, drive
from tests.telemetry.stage import send, send_in, tracked
from tests.telemetry.watching.stage import at, events, fence

URL = "/api/v1/fleet/alerts"


def raced(cast: Cast, *, start: int = NOON) -> str:
    """A vehicle that goes too fast for a while."""
    pvin_device = tracked(cast).device
    send(pvin_device, drive([(10, 20), (20, 45), (40, 20)], start=start))
    return pvin_device.pvin


def of(pvin: str) -> list[FleetAlert]:
    return [FleetAlert.fetch(key.id) for key in FleetAlert.vin_index.query(pvin)]


def test_speeding_is_an_event_and_an_alert() -> None:
    cast = make_cast()
    pvin = raced(cast)
    [alert] = of(pvin)
    assert (alert.kind, alert.severity, alert.status, alert.value) == ("SPEEDING", Severity.HIGH, AlertStatus.OPEN, 45)
    assert events(pvin) == [("SPEEDING", 10)]
    owner = client_of(cast.owner)
    [seen] = owner.get(f"/api/v1/fleet/vehicles/{pvin}/events").json()["results"]
    assert (seen["kind"], seen["alertId"], seen["at"]) == ("SPEEDING", alert.id, "2026-06-01T12:00:10Z")
    assert owner.get(f"{URL}/{alert.id}").json()["lastAt"] == "2026-06-01T12:00:10Z"


def test_the_same_again_adds_to_the_open_one_and_after_that_is_another() -> None:
    cast = make_cast()
    device = tracked(cast).device
    send(device, drive([(10, 20), (10, 45), (10, 20), (10, 45), (40, 20)]))
    [alert] = of(device.pvin)
    assert alert.occurrences == 2
    assert len(events(device.pvin)) == 2
    owner = client_of(cast.owner)
    assert owner.post(f"{URL}/{alert.id}/resolve").json()["status"] == "RESOLVED"
    assert owner.post(f"{URL}/{alert.id}/resolve").status_code == 200, "again changes nothing"
    send(device, drive([(10, 45), (40, 20)], start=NOON + 200_000))
    assert [each.status for each in of(device.pvin)].count(AlertStatus.OPEN) == 1
    assert len(of(device.pvin)) == 2


def test_a_fence_raises_what_it_is_told_to() -> None:
    cast = make_cast()
    device = tracked(cast).device
    drawn = fence(device.organization_id, alert_on=["EXIT"], severity=Severity.CRITICAL)
    send_in(device, [[at(second, metres)] for second, metres in [(0, 4_000), (60, 0), (120, 4_000), (180, 4_000)]])
    [alert] = of(device.pvin)
    assert (alert.kind, alert.subject, alert.name, alert.severity) == (
        "GEOFENCE_EXIT",
        drawn.id,
        "Midtown",
        Severity.CRITICAL,
    )
    assert [kind for kind, _ in events(device.pvin)] == ["ENTER", "EXIT"]
    assert alert.expires_at > utc_now() + timedelta(days=360)


def test_lists_are_by_vehicle_severity_category_and_fleet() -> None:
    cast = make_cast()
    fast, slow = raced(cast), tracked(cast).device
    send(slow, drive([(60, 5)]), batteryLevel=9)
    manager = client_of(cast.manager)

    def kinds(query: str = "") -> list[str]:
        answer = manager.get(f"{URL}{query}")
        assert answer.status_code == 200, answer.content
        return sorted(each["kind"] for each in answer.json()["results"])

    assert kinds() == ["LOW_BATTERY", "SPEEDING"]
    assert kinds(f"?vehicle={fast}") == ["SPEEDING"]
    assert kinds("?severity=MEDIUM") == kinds("?category=ENERGY") == ["LOW_BATTERY"]
    client_of(cast.owner).post(f"{URL}/{of(fast)[0].id}/resolve")
    assert kinds("?open=true") == ["LOW_BATTERY"]
    assert manager.get(f"{URL}?severity=HIGH&category=ENERGY").status_code == 400
    assert client_of(cast.rival).get(f"{URL}?vehicle={fast}").json()["results"] == []


def test_who_acknowledges_ends_the_escalation() -> None:
    cast = make_cast()
    [alert] = of(raced(cast))
    assert alert.due_at is not None
    answer = client_of(cast.manager).post(f"{URL}/{alert.id}/ack")
    assert (answer.status_code, answer.json()["acknowledgedBy"]) == (200, cast.manager.id)
    assert client_of(cast.manager).post(f"{URL}/{alert.id}/resolve").status_code == 403
    assert not escalating.escalate(alert.id, utc_now() + timedelta(days=1))
    assert FleetAlert.fetch(alert.id).due_at is None


def test_what_nobody_acknowledges_goes_up_twice_and_no_further() -> None:
    [alert] = of(raced(make_cast()))
    assert not escalating.escalate(alert.id, utc_now()), "not before its time"
    first = utc_now() + timedelta(minutes=31)
    escalating.escalate_due(first)
    assert FleetAlert.fetch(alert.id).level == 1
    assert not escalating.escalate(alert.id, first)
    assert escalating.escalate(alert.id, first + timedelta(minutes=31))
    last = FleetAlert.fetch(alert.id)
    assert last.level == 2
    assert last.due_at is None


@pytest.mark.parametrize(("level", "people"), [(0, {"owner", "manager"}), (1, {"owner"}), (3, set())])
def test_a_letter_goes_to_the_roles_of_its_level(level: int, people: set[str]) -> None:
    cast = make_cast()
    [alert] = of(raced(cast))
    mail.outbox.clear()
    mail_alert(AlertRaised(alert.id, level))
    assert {address for letter in mail.outbox for address in letter.to} == {cast.user(who).email for who in people}
    assert all("SPEEDING" in letter.subject for letter in mail.outbox)
    client_of(cast.owner).post(f"{URL}/{alert.id}/ack")
    mail.outbox.clear()
    mail_alert(AlertRaised(alert.id, level))
    assert not mail.outbox, "somebody sees to it"


def test_telling_the_same_twice_raises_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: Any = set()
    monkeypatch.setattr("telemetry.watching.steps.told", told)
    cast = make_cast()
    device = tracked(cast).device
    points = drive([(10, 20), (20, 45), (40, 20)])
    send_in(device, [points[start : start + 5] for start in range(0, len(points), 5)])
    told.clear()
    send(device, drive([(5, 20)], start=NOON + 100_000))
    [alert] = of(device.pvin)
    assert alert.occurrences == 1


def test_a_fleet_has_limits_of_its_own() -> None:
    cast = make_cast()
    owner = client_of(cast.owner)
    usual = owner.get("/api/v1/fleet/limits").json()
    assert usual == {"speedLimit": pytest.approx(38, abs=0.1), "lowBattery": 15}
    assert owner.patch("/api/v1/fleet/limits", {"speedLimit": 50}).json() == {"speedLimit": 50, "lowBattery": 15}
    assert of(raced(cast)) == [], "45 m/s are allowed"
    assert owner.patch("/api/v1/fleet/limits", {"speedLimit": None}).json() == usual
    assert len(of(raced(cast))) == 1
    assert owner.patch("/api/v1/fleet/limits", {"speedLimit": 500}).status_code == 400
