"""What a legal hold means for forgetting somebody."""

from collections.abc import Iterable, Iterator

from accounts.holds.asking import held, keep_unheld
from accounts.holds.tables import LegalHold
from accounts.privacy.registry import Holding, Obstacle, Subject
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction


def gate(tx: Transaction, subject: Subject) -> Iterable[Obstacle]:
    """Who is held is not erased, and a hold that is placed at this instant is not overrun."""
    if held(*subject.ids):
        yield Obstacle("legal_hold", "A legal hold is on this account: nothing of it may be deleted until its release.")
    else:
        keep_unheld(tx, *sorted(subject.ids))


def _holds(subject: Subject) -> Iterator[LegalHold]:
    found = get_many(*((LegalHold, id) for id in subject.ids), consistent=True)
    yield from (hold for hold in found if hold is not None)


HOLDING = Holding(
    table=LegalHold,
    what="That data must be kept for a court or an authority, why, and which of the staff said so",
    why="Legal obligation",
    found_by="GetItem `id` = the user's, and their profile's",
    erased="While there is one, nobody is forgotten; it ends with its release",
    find=_holds,
)
