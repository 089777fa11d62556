"""Tries to sign in that came to nothing. (A sign-in itself is told with the `lastLogin` that it writes.)"""

from accounts.access_log.deeds import Deed
from accounts.access_log.digests import keyed
from accounts.access_log.writing import record
from accounts.rules.email import normalise_email
from accounts.tables import User


def failed(user: User | None, *, email: str = "", why: str) -> None:
    """`why`: password, code, suspended. An address that has no account is told by a keyed digest alone: what is typed
    there may be a password, and nobody's story holds it. The same work is done for both.
    """
    object, subject_id = _whose(user, email)
    record(Deed.SIGN_IN_FAILED, object=object, subject_id=subject_id, resource=why)


def locked_out(user: User | None, *, email: str = "", what: str) -> None:
    """Once per lockout, and not for every try that meets it."""
    object, subject_id = _whose(user, email)
    record(Deed.LOCKED_OUT, object=object, subject_id=subject_id, resource=what)


def _whose(user: User | None, email: str) -> tuple[str, str | None]:
    return (f"users:{user.id}", user.id) if user else (f"emails:{keyed('email', normalise_email(email))}", None)
