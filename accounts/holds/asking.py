"""Whether something is held."""

from accounts.holds.tables import LegalHold
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict


class Held(Conflict):
    code = "legal_hold"
    message = "A legal hold is on this: nothing of it is deleted until the hold is released."


def held(*ids: str | None, consistent: bool = True) -> LegalHold | None:
    """The first hold on any of these ids; None when there is none. One read; to show it, `consistent` is not needed."""
    wanted = [(LegalHold, id) for id in ids if id]
    return next((hold for hold in get_many(*wanted, consistent=consistent) if hold is not None), None)


def keep_unheld(tx: Transaction, *ids: str | None) -> None:
    """Let `tx` hold only while none of these is held: a hold placed at the same instant is not overrun."""
    for id in ids:
        if id:
            tx.check(LegalHold, id, condition=LegalHold.id.does_not_exist(), otherwise=Held())
