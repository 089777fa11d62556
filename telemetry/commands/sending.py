"""Sending a command, completing it, and taking up what was cut off in between.

A command is claimed under its version before anything is sent, for `LEASE`. Who is killed over it leaves a row that is
SENDING and due: `sweep` finds it, and as nobody knows whether it got there it is treated as an answer that was lost.
"""

from datetime import datetime, timedelta

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, transact
from atlas.shards import all_shards
from telemetry.commands.providers import hand_over
from telemetry.commands.tables import Command
from telemetry.rules.commands import (
    GONE,
    LATE,
    SUPERSEDED,
    WANTED_FOR,
    Answer,
    CommandStatus,
    Next,
    Reply,
    after,
    is_too_late,
    seen_done,
    supersedes,
)
from telemetry.tables import VehicleState

LEASE = timedelta(seconds=60)
"""Longer than any provider takes."""
BATCH = 100
NEWEST = 20
"""Commands of a vehicle to look through for one that supersedes."""


def send(user_id: str, command_id: str, now: datetime | None = None) -> CommandStatus | None:
    """Send a command that is due, or take it up where it was cut off; what it has become. Safe to repeat."""
    now = now or utc_now()
    command = Command.find(user_id, command_id, consistent=True)
    if command is None or command.status.is_over or (command.due_at is not None and command.due_at > now):
        return command.status if command else None
    was_cut_off = command.status is CommandStatus.SENDING
    try:
        if was_cut_off:
            _become(command, _after(command, Answer(Reply.UNKNOWN, "cut_off"), now), now)
        elif (hindrance := _hindrance(command, now)) is not None:
            _become(command, hindrance, now)
        else:
            _claim(command, now)
            answer = hand_over(command)
            ended = max(now, utc_now())
            _become(command, _after(command, answer, ended), ended)
    except Lost:  # another job has it
        return None
    if command.status is CommandStatus.WAITING and command.due_at is not None:
        _again_at(command, command.due_at - utc_now())
    return command.status


def sweep(now: datetime | None = None) -> None:
    """What is due and not over: of jobs that were killed, and of repeats that nobody came to."""
    now = now or utc_now()
    for shard in all_shards():
        for key in Command.due_index.query(shard, Command.due_at <= now, limit=BATCH):
            send(key.user_id, key.id, now)


def _after(command: Command, answer: Answer, now: datetime) -> Next:
    """By the rules; where nobody heard the vehicle, it may have said since that it is done."""
    next_ = after(answer, name=command.name, asked_at=command.ts, now=now)
    if answer.reply is not Reply.UNKNOWN or not _has_done(command):
        return next_
    return Next(CommandStatus.DONE, "seen")


def _has_done(command: Command) -> bool:
    state = VehicleState.find(command.pvin, consistent=True)
    return (
        state is not None
        and command.sent_at is not None
        and state.updated_at > command.sent_at
        and seen_done(command.name, locked=state.locked, climate_on=state.climate_on)
    )


def _hindrance(command: Command, now: datetime) -> Next | None:
    """What keeps it from being sent, now that its turn has come."""
    if is_too_late(command.ts, now):
        return Next(CommandStatus.FAILED, command.reason or LATE)
    state = VehicleState.find(command.pvin, consistent=True)
    if state is None or state.organization_id != command.organization_id:
        return Next(CommandStatus.FAILED, GONE)
    newer = Command.vin_index.query(command.pvin, Command.ts > command.ts, scan_index_forward=False, limit=NEWEST)
    if any(supersedes(each.name, command.name) for each in newer):
        return Next(CommandStatus.FAILED, SUPERSEDED)
    return None


def _claim(command: Command, now: datetime) -> None:
    command.status = CommandStatus.SENDING
    command.attempts += 1
    command.sent_at = now
    command.due_at = now + LEASE
    with transact() as tx:
        tx.save(command)


def _become(command: Command, next_: Next, now: datetime) -> None:
    command.status, command.reason, command.due_at = next_.status, next_.reason or None, next_.due_at
    if command.status.is_over:
        command.completed_at = now
        command.due_shard = command.due_at = None
    with transact() as tx:
        tx.save(command)


def _again_at(command: Command, wait: timedelta) -> None:
    """Wake a job for the repeat; the sweep comes to it otherwise."""
    from telemetry.tasks import send_command  # noqa: PLC0415 (which imports this module)

    seconds = max(0.0, min(wait, WANTED_FOR).total_seconds())
    send_command.apply_async((command.user_id, command.id), countdown=seconds)
