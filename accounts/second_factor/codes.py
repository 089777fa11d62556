"""Taking codes: each counts once, whatever is sent at the same time."""

import secrets
from datetime import datetime

from accounts import lockout
from accounts.rules import second_factor as rules
from accounts.second_factor import seal
from accounts.tables import SecondFactor
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact


def spend(user_id: str, code: str) -> bool:
    """Take a one-time or recovery code of a confirmed second factor. Tries are counted; raises `TooMany`."""
    lockout.count_code(user_id)
    taken = _spend(user_id, code)
    if taken:
        lockout.forgive_code(user_id)
    return taken


@retried
def _spend(user_id: str, code: str) -> bool:
    """Saved under the version that was read: of two who send one code, the second reads again and finds it used."""
    factor = SecondFactor.find(user_id, consistent=True)
    if factor is None or factor.confirmed_at is None or not take(factor, code, utc_now()):
        return False
    with transact() as tx:
        tx.save(factor)
    return True


def take(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Mark the code as used in `factor`, which the caller saves (or deletes) under its version."""
    if rules.is_recovery_code(code):
        left = rules.without(factor.recovery_hashes, seal.fingerprint(rules.clean(code), factor.user_id))
        if left is None:
            return False
        factor.recovery_hashes = left
        return True
    secret = seal.opened(factor.secret, factor.user_id)
    step = rules.matching_step(secret, code, now=now, after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    factor.secret = seal.renewed(factor.secret, factor.user_id)
    return True


def give_recovery_codes(factor: SecondFactor) -> list[str]:
    """New ones in the place of all before, readable; the caller saves `factor`, which keeps only their hashes."""
    codes = [
        "".join(secrets.choice(rules.RECOVERY_ALPHABET) for _ in range(rules.RECOVERY_LENGTH))
        for _ in range(rules.RECOVERY_CODES)
    ]
    factor.recovery_hashes = [seal.fingerprint(code, factor.user_id) for code in codes]
    return [rules.readable(code) for code in codes]
