"""What telemetry holds about people: who sent which command."""

from collections.abc import Iterator

from accounts.privacy.registry import Holding, Part, Subject
from telemetry.commands.tables import Command


def _commands(subject: Subject) -> Iterator[Command]:
    yield from Command.query(subject.user_id, consistent_read=True)


def _forget_origin(_: Subject, command: Command) -> None:
    command.ip_address = command.user_agent = None


PART = Part(
    holdings=(
        Holding(
            table=Command,
            what="Which commands the person sent to which vehicle and when, from which address and browser",
            why="To know after a theft or a misuse who opened a car (legitimate interest; law of evidence)",
            found_by="Query `userId`",
            erased="Address and browser emptied; the row stays for its 90 days, with an id that says nobody any more",
            find=_commands,
            forget=_forget_origin,
        ),
    ),
)
