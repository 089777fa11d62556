"""From the row to the vehicle and back: asleep, busy, silent, refused, cut off, late, twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import LazySettings

from accounts.access_log.deeds import Deed
from accounts.access_log.tables import AccessEntry
from atlas import outbox, trail
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError, Conflict, Invalid, TooMany
from atlas.origin import Origin
from telemetry.commands import providers, sending, simulated
from telemetry.commands.order import Order
from telemetry.commands.services import send_command
from telemetry.commands.simulated import Mood, car, control
from telemetry.commands.tables import Command
from telemetry.handover import hand_over
from telemetry.rules.commands import WANTED_FOR, Answer, CommandName, CommandStatus, Reply
from telemetry.tables import VehicleState, VinMapping
from tests.bookings.stage import Cast, make_cast
from tests.telemetry.commands.cars import asked, commanded, now_of

DONE, FAILED, REFUSED = CommandStatus.DONE, CommandStatus.FAILED, CommandStatus.REFUSED
UNKNOWN, WAITING, SENDING = CommandStatus.UNKNOWN, CommandStatus.WAITING, CommandStatus.SENDING


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def pvin(cast: Cast) -> str:
    return commanded(cast)


def later(command: Command, seconds: float = 0) -> Command:
    """After its next attempt, as the sweep makes it."""
    due = command.due_at or utc_now()
    sending.send(command.user_id, command.id, due + timedelta(seconds=seconds))
    return now_of(command)


def test_it_is_done_and_the_vehicle_says_so(cast: Cast, pvin: str) -> None:
    with trail.within(trail.Work("a test", Origin("203.0.113.7", "Phone"))):
        command = asked(cast, pvin, CommandName.UNLOCK)
    assert (command.status, command.attempts) == (DONE, 1)
    assert command.reason is None
    assert command.completed_at is not None
    assert command.due_at is None
    assert command.due_shard is None
    assert (command.ip_address, command.user_agent, command.role) == ("203.0.113.7", "Phone", "owner")
    assert timedelta(days=89) < command.expires_at - utc_now() < timedelta(days=91)
    assert VehicleState.fetch(pvin).locked is False
    assert asked(cast, pvin, CommandName.LOCK).status is DONE
    assert VehicleState.fetch(pvin).locked is True


def test_the_row_is_there_before_anything_is_sent(cast: Cast, pvin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(order: Order) -> Answer:
        [row] = Command.query(cast.owner.id, consistent_read=True)
        seen.append(row.status)
        return Answer(Reply.DONE)

    monkeypatch.setitem(providers.PROVIDERS, "simulated", look)
    asked(cast, pvin)
    assert seen == [SENDING]


def test_who_took_the_vin_out_is_told(cast: Cast, pvin: str) -> None:
    command = asked(cast, pvin)
    [told] = [each for each in AccessEntry.query(f"vin-mapping:{pvin}") if each.deed is Deed.VIN_RESOLVED]
    assert told.actor_id == cast.owner.id
    assert command.id in str(told.personal)


def test_a_vehicle_without_a_vin_cannot_be_told_anything(cast: Cast, pvin: str) -> None:
    VinMapping.fetch(pvin).delete()
    command = asked(cast, pvin)
    assert (command.status, command.reason) == (FAILED, "no_vin")


def test_a_sleeping_vehicle_is_woken_and_told_again(cast: Cast, pvin: str) -> None:
    control(pvin, asleep=True)
    command = asked(cast, pvin, CommandName.CLIMATE_ON, temperature=21.5)
    assert (command.status, command.reason) == (WAITING, "asleep")
    assert not car(pvin).done
    command = later(command)
    assert (command.status, command.attempts) == (DONE, 2)
    assert VehicleState.fetch(pvin).climate_on is True
    assert VehicleState.fetch(pvin).extra["climateSetting"] == 21.5


def test_not_before_its_time(cast: Cast, pvin: str) -> None:
    control(pvin, asleep=True)
    command = asked(cast, pvin)
    sending.send(command.user_id, command.id, command.due_at - timedelta(seconds=1))
    assert now_of(command).attempts == 1


def test_one_that_never_wakes_fails(cast: Cast, pvin: str) -> None:
    control(pvin, asleep=True, stays_asleep=True)
    command = asked(cast, pvin)
    while command.status is WAITING:
        command = later(command)
    assert (command.status, command.reason) == (FAILED, "asleep")
    assert command.attempts > 5
    assert not car(pvin).done


@pytest.mark.parametrize(
    ("mood", "status", "reason"),
    [
        (Mood.REFUSES, REFUSED, "could_not_do_it"),
        (Mood.BUSY, WAITING, "busy"),
        (Mood.UNREACHABLE, WAITING, "unreachable"),
        (Mood.DEAF, WAITING, "timeout"),
        (Mood.LOSES_ANSWER, DONE, "seen"),
    ],
)
def test_each_mood(cast: Cast, pvin: str, mood: Mood, status: CommandStatus, reason: str) -> None:
    control(pvin, mood=mood, times=1)
    command = asked(cast, pvin)
    assert (command.status, command.reason) == (status, reason)
    if status is WAITING:
        assert later(command).status is DONE


def test_a_horn_that_may_have_sounded_does_not_sound_twice(cast: Cast, pvin: str) -> None:
    control(pvin, mood=Mood.LOSES_ANSWER)
    command = asked(cast, pvin, CommandName.HONK)
    assert (command.status, command.reason) == (UNKNOWN, "timeout")
    sending.sweep(utc_now() + timedelta(hours=1))
    assert car(pvin).done == ("honk",)


def test_a_killed_worker_leaves_nothing_open(cast: Cast, pvin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the claim and the completion: nobody knows whether it got there."""

    def die(_: Order) -> Answer:
        raise SystemExit

    monkeypatch.setitem(providers.PROVIDERS, "simulated", die)
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    made = [send_command(user=cast.owner, pvin=pvin, name=name) for name in (CommandName.LOCK, CommandName.HONK)]
    for each in made:
        with pytest.raises(SystemExit):
            sending.send(each.user_id, each.id)
        assert now_of(each).status is SENDING
    monkeypatch.setitem(providers.PROVIDERS, "simulated", simulated.send)
    sending.sweep()
    assert {now_of(each).status for each in made} == {SENDING}, "another worker may be at it"
    sending.sweep(utc_now() + sending.LEASE)
    lock, honk = (now_of(each) for each in made)
    assert (honk.status, honk.reason) == (UNKNOWN, "cut_off")
    assert lock.status is WAITING
    assert later(lock).status is DONE
    assert car(pvin).done == ("lock",)


def test_the_sweep_sends_what_the_outbox_lost(cast: Cast, pvin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    command = send_command(user=cast.owner, pvin=pvin, name=CommandName.FLASH)
    sending.sweep()
    assert now_of(command).status is DONE


def test_what_comes_too_late_is_not_sent(cast: Cast, pvin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    command = send_command(user=cast.owner, pvin=pvin, name=CommandName.UNLOCK)
    sending.sweep(utc_now() + WANTED_FOR)
    assert (now_of(command).status, now_of(command).reason) == (FAILED, "too_late")
    assert not car(pvin).done


def test_an_unlock_that_waited_does_not_undo_a_later_lock(cast: Cast, pvin: str) -> None:
    control(pvin, mood=Mood.BUSY, times=1)
    unlock = asked(cast, pvin, CommandName.UNLOCK)
    lock = asked(cast, pvin, CommandName.LOCK)
    assert lock.status is DONE
    unlock = later(unlock)
    assert (unlock.status, unlock.reason) == (FAILED, "superseded")
    assert car(pvin).done == ("lock",)


def test_not_to_a_vehicle_that_was_handed_over(cast: Cast, pvin: str) -> None:
    control(pvin, mood=Mood.BUSY, times=1)
    command = asked(cast, pvin)
    hand_over(user=cast.owner, pvin=pvin)
    command = later(command)
    assert (command.status, command.reason) == (FAILED, "vehicle_gone")


def test_two_jobs_at_once_send_once(cast: Cast, pvin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    command = send_command(user=cast.owner, pvin=pvin, name=CommandName.HONK)
    control(pvin, delay=0.05)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: sending.send(command.user_id, command.id), range(6)))
    assert car(pvin).done == ("honk",)
    assert now_of(command).attempts == 1


def test_a_repeat_with_the_same_key_is_the_same_command(cast: Cast, pvin: str) -> None:
    first = asked(cast, pvin, CommandName.HONK, key="a click")
    assert asked(cast, pvin, CommandName.HONK, key="a click").id == first.id
    assert car(pvin).done == ("honk",)
    with pytest.raises(Conflict) as reused:
        asked(cast, pvin, CommandName.FLASH, key="a click")
    assert reused.value.code == "key_reused"


def test_clicks_at_the_same_instant_are_one(cast: Cast, pvin: str) -> None:
    def click(_: int) -> str:
        try:
            return asked(cast, pvin, CommandName.HONK, key="once").id
        except AtlasError as error:
            return error.code

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(click, range(5))) - {"request_in_progress"}) == 1
    assert car(pvin).done == ("honk",)


def test_too_many(cast: Cast, pvin: str, settings: LazySettings) -> None:
    """Of a vehicle, whoever sends them."""
    for _ in range(20):
        asked(cast, pvin, CommandName.FLASH)
    with pytest.raises(TooMany) as refused:
        send_command(user=cast.manager, pvin=pvin, name=CommandName.FLASH)
    assert refused.value.retry_after


@pytest.mark.parametrize(
    ("name", "temperature"), [(CommandName.LOCK, 21.0), (CommandName.CLIMATE_ON, 40.0), (CommandName.CLIMATE_ON, 1.0)]
)
def test_temperatures_that_make_no_sense(cast: Cast, pvin: str, name: CommandName, temperature: float) -> None:
    with pytest.raises(Invalid):
        send_command(user=cast.owner, pvin=pvin, name=name, temperature=temperature)


def test_where_commands_are_off(cast: Cast, pvin: str, settings: LazySettings) -> None:
    settings.VEHICLE_COMMANDS = "off"
    with pytest.raises(Conflict) as refused:
        send_command(user=cast.owner, pvin=pvin, name=CommandName.LOCK)
    assert refused.value.code == "commands_off"
