"""Placing a hold and releasing it; both are told in the access log, with the reason."""

from accounts import staff
from accounts.holds.kinds import HoldKind
from accounts.holds.tables import LegalHold
from accounts.tables import User
from accounts.users import CurrentUser
from atlas import trail
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Invalid

TABLE = "accounts.legalhold"
SHORTEST_REASON, LONGEST_REASON = 5, 500


@retried
def hold_item(*, user: CurrentUser | None, kind: HoldKind, id: str, about: str | None, reason: str) -> LegalHold:
    """Keep one thing. Again changes nothing. `user` None is the command line."""
    staff.require(user, "hold", TABLE)
    known = LegalHold.find(id, consistent=True)
    if known is not None:
        return known
    with trail.because(_checked(reason)), transact() as tx:
        return _place(tx, user, kind, id, about, reason)


@retried
def hold_person(*, user: CurrentUser | None, user_id: str, reason: str) -> LegalHold:
    """Keep everything of somebody: they cannot be erased, and no ride in which they took part is deleted."""
    staff.require(user, "hold", TABLE)
    known = LegalHold.find(user_id, consistent=True)
    if known is not None:
        return known
    person = User.fetch(user_id)
    with trail.because(_checked(reason)), transact() as tx:
        placed = _place(tx, user, HoldKind.PERSON, person.id, person.id, reason)
        if person.profile_id and LegalHold.find(person.profile_id, consistent=True) is None:
            _place(tx, user, HoldKind.PROFILE, person.profile_id, person.id, reason)
    return placed


@retried
def release(*, user: CurrentUser | None, hold_id: str, reason: str) -> None:
    """From now on retention goes its way again. That of a person takes the one on their profile along."""
    staff.require(user, "release", TABLE)
    hold = LegalHold.fetch(hold_id)
    with trail.because(_checked(reason)), transact() as tx:
        tx.delete(hold)
        if hold.kind is HoldKind.PERSON:
            person = User.find(hold.id, consistent=True)
            profile = LegalHold.find(person.profile_id, consistent=True) if person and person.profile_id else None
            if profile is not None and profile.about == hold.id:
                tx.delete(profile)


def _place(
    tx: Transaction, user: CurrentUser | None, kind: HoldKind, id: str, about: str | None, reason: str
) -> LegalHold:
    hold = LegalHold(id=id, kind=kind, about=about, reason=reason, placed_by=user.id if user else None)
    tx.create(hold)
    return hold


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(fields={"reason": [f"{SHORTEST_REASON} to {LONGEST_REASON} characters."]})
    return reason
