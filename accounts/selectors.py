"""Reads of users."""

from uuid import uuid4

from accounts.rules.contact import LONGEST_EMAIL
from accounts.rules.email import claim, normalise_email
from accounts.tables import TokenFamily, User
from atlas.dynamo.many import get_many
from atlas.tables import Unique


def user_by_email(email: str) -> User | None:
    """Whose address it is, strongly consistent: whoever registered a moment ago can sign in.

    Two GetItems for a stranger's address too, so that the time does not tell which addresses have an account.
    """
    known = Unique.find(claim(email), consistent=True) if len(normalise_email(email)) <= LONGEST_EMAIL else None
    return User.find(known.owner_id if known else str(uuid4()), consistent=True)


def sign_ins(user_id: str, *, limit: int = 100) -> list[TokenFamily]:
    """A user's signed-in devices, newest first."""
    keys = TokenFamily.user_index.query(user_id, scan_index_forward=False, limit=limit)
    return [family for family in get_many(*((TokenFamily, key.id) for key in keys)) if family is not None]


def role_of(user_id: str) -> str:
    """A user's role as text; empty for one who is not there."""
    found = User.find(user_id)
    return str(found.role) if found else ""
